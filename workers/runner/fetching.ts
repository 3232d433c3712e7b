import type { Logger } from 'pino';
import type { Doorbell } from './doorbell.ts';
import { within } from './prompt.ts';

export interface Fetching {
  /** Stops fetching and resolves when the work under way has ended. */
  stop(): Promise<void>;
}

export interface FetchOptions<T> {
  /** What is fetched, for the log: "inspections". */
  readonly name: string;
  /** Takes the next piece of work; null: none waits. */
  fetch(): Promise<T | null>;
  /** Does a piece of work. What it throws is logged, and the next is fetched. */
  work(item: T): Promise<void>;
  /** Gives back what was taken by a fetch that nobody waits for any more. */
  giveBack(item: T): Promise<unknown>;
  /** A fetch has come to an end: work can be taken. */
  onFetched(): void;
  /** Fetches hang: the next one begins on connections that are made anew. */
  reconnect(): void;
  /** Rung when there may be work. */
  readonly doorbell: Doorbell;
  readonly log: Logger;
  /** Seconds that a fetch may take; default FETCH_SECONDS. */
  readonly seconds?: number;
}

/** Whoever waits for work proves so often that it can fetch. */
const FETCH_SECONDS = 10;
/** Without a ring; also how long a lost one can delay work. */
const POLL_MS = 2_000;

/**
 * Takes one piece of work after the other, for ever: a fetch that fails is repeated, and one that hangs is given up and begun anew.
 */
export function startFetching<T>(options: FetchOptions<T>): Fetching {
  const stopping = new AbortController();
  const running = keepFetching(options, stopping.signal);
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}

async function keepFetching<T>(options: FetchOptions<T>, signal: AbortSignal): Promise<void> {
  const { doorbell, log, name } = options;
  while (!signal.aborted) {
    const before = doorbell.rings;
    const fetched = await fetchOne(options);
    if (fetched.item !== null) {
      if (signal.aborted) return void (await options.giveBack(fetched.item));
      await options
        .work(fetched.item)
        .catch((error) => log.error({ error: String(error) }, `one of the ${name} stopped`));
    } else if (!fetched.again && before === doorbell.rings) await doorbell.wait(POLL_MS, signal);
  }
}

async function fetchOne<T>({ name, log, seconds = FETCH_SECONDS, ...options }: FetchOptions<T>) {
  let isLate = false;
  try {
    const item = await within(
      seconds,
      options.fetch(),
      () => {
        isLate = true;
        options.reconnect();
      },
      (late) => (late === null ? undefined : options.giveBack(late).catch(() => undefined)),
    );
    options.onFetched();
    return { item, again: false };
  } catch (error) {
    log.warn({ error: String(error) }, `taking ${name} failed and is begun anew`);
    return { item: null, again: isLate };
  }
}
