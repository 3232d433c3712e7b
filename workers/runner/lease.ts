/** Why work under a lease was stopped: another worker has it, the submitter cancelled it, this worker is stopping. */
export type Interruption = 'fenced' | 'cancelled' | 'stopping';

export class Interrupted extends Error {
  readonly why: Interruption;

  constructor(why: Interruption) {
    super(`The work was interrupted: ${why}.`);
    this.why = why;
  }
}

/** Waits for what is awaited. @throws the signal's reason when that is aborted first. */
export async function unlessAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener('abort', stop);
  return Promise.race([awaited, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

export interface LeaseOptions {
  /** Seconds between renewals. */
  seconds: number;
  /** Renews the lease. A rejection (the database is away) is not the loss of the lease: it is tried again. */
  renew(): Promise<'ok' | 'fenced' | 'cancelled'>;
  /** Aborted when this worker stops. */
  stopping: AbortSignal;
  onError(error: unknown): void;
}

/**
 * Runs `work` while renewing its lease. The signal that `work` gets is aborted, with an Interrupted as its reason, once
 * the lease is lost, the evaluation is cancelled or the worker stops.
 */
export async function holdLease<T>(options: LeaseOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Interrupted('stopping'));
  if (options.stopping.aborted) stop();
  options.stopping.addEventListener('abort', stop);
  let inFlight = false;
  const timer = setInterval(() => {
    // a slow database must not pile renewals up
    if (inFlight) return;
    inFlight = true;
    options
      .renew()
      .then(
        (state) => {
          if (state !== 'ok') controller.abort(new Interrupted(state));
        },
        (error) => options.onError(error),
      )
      .finally(() => {
        inFlight = false;
      });
  }, options.seconds * 1_000);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    options.stopping.removeEventListener('abort', stop);
  }
}
