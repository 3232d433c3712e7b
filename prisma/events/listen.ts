import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { CHANNEL, type DatabaseEvent, parseEvent } from './channel.ts';

interface Listener {
  onEvent(event: DatabaseEvent): void;
  /** Listening now, first and after every lost connection: events may have been missed, so read everything again. */
  onConnect(): void;
  onError?(error: Error): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection that dies without a word (a pulled cable) shows only when it is asked something. */
const PING_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;

/** Listens on a connection of its own and connects anew, for ever, until closed. */
export function listen(url: string, listener: Listener): { close(): Promise<void> } {
  const closing = new AbortController();
  const finished = keepListening(url, listener, closing.signal);
  return {
    close: () => {
      closing.abort();
      return finished;
    },
  };
}

async function keepListening(url: string, listener: Listener, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await listenOnce(url, listener, signal, () => {
        failures = 0;
      });
    } catch (error) {
      listener.onError?.(error as Error);
    }
    if (signal.aborted) return;
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
    failures += 1;
    // jitter, so that many processes do not all come back at the same moment
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
}

/** One connection's life: resolves when closed on purpose, rejects when it is lost. */
async function listenOnce(url: string, listener: Listener, signal: AbortSignal, onReady: () => void): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: PING_TIMEOUT_MS,
  });
  let ping: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', () => reject(new Error('The connection that listens for changes was closed.')));
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  ended.catch(() => undefined); // may be lost while still connecting, which rejects below too
  client.on('notification', ({ payload }) => {
    const event = parseEvent(payload ?? '');
    if (event) listener.onEvent(event);
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    if (signal.aborted) return;
    onReady();
    listener.onConnect();
    ping = setInterval(() => client.query('SELECT 1').catch((error: Error) => client.emit('error', error)), PING_MS);
    await ended;
  } finally {
    clearInterval(ping);
    await endWithin(client, 1_000);
  }
}

/** A half-open connection would wait for the server's answer for minutes. */
async function endWithin(client: pg.Client, ms: number): Promise<void> {
  const ended = new AbortController();
  const end = client
    .end()
    .catch(() => undefined)
    .finally(() => ended.abort());
  await Promise.race([end, pause(ms, ended.signal)]);
}

/** Ends early where the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
