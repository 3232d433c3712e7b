import type { Client } from 'graphql-ws';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { loadCode, waitBefore } from './load.ts';

/** Whether what the page shows is being kept up to date. */
export type Liveness = 'connecting' | 'live' | 'lost';

let liveness: Liveness = 'connecting';
const watchers = new Set<() => void>();

export function currentLiveness(): Liveness {
  return liveness;
}

export function watchLiveness(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function becomes(next: Liveness): void {
  if (liveness === next) return;
  liveness = next;
  for (const watcher of watchers) watcher();
}

let client: Promise<Client> | undefined;

/**
 * Follows a subscription until the returned function is called. A lost connection is tried again for ever; after it the
 * first event is the present state, so nothing has to be caught up. All subscriptions of a page share one socket.
 */
export function follow<Data, Variables extends Record<string, unknown>>(
  origin: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
): () => void {
  let stopped = false;
  let dispose = () => {};
  client ??= connect(origin);
  const start = async () => {
    const socket = await client;
    if (stopped || !socket) return;
    dispose = socket.subscribe<Data>(
      { query: document.toString(), variables },
      {
        next: ({ data }) => {
          if (!data || stopped) return;
          becomes('live');
          onData(data);
        },
        // the server refused this one subscription: as good as a lost connection, and tried again like one
        error: () => {
          if (stopped) return;
          becomes('lost');
          setTimeout(() => !stopped && void start(), waitBefore(3));
        },
        complete: () => {},
      },
    );
  };
  void start();
  return () => {
    stopped = true;
    dispose();
  };
}

/** Loaded after the first paint: readers see the board before any of this code arrives. Never rejects. */
function connect(origin: string): Promise<Client> {
  const load = async () => clientOf(origin, await import('graphql-ws'));
  return loadCode(load, { onFailure: () => becomes('lost') });
}

function clientOf(origin: string, { createClient }: typeof import('graphql-ws')): Client {
  return createClient({
    url: `${origin.replace(/^http/, 'ws')}/graphql`,
    lazy: true,
    // a socket that is half open (a laptop that slept) is noticed by its silence
    keepAlive: 12_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, waitBefore(retries))),
    on: {
      connected: () => becomes('live'),
      // 1000: closed by ourselves, since nothing is followed any more
      closed: (event) => becomes((event as CloseEvent).code === 1000 ? 'connecting' : 'lost'),
    },
  });
}
