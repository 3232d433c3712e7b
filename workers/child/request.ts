import type { Ending } from './ending.ts';
import type { Answer } from './messages.ts';

export interface AskOptions {
  /** Seconds without a sign of life after which the process is ended. */
  silenceSeconds: number;
  signal?: AbortSignal;
  onProgress?(done: number): void;
}

/** What a request asks of the process that it was sent to. */
interface RequestEvents {
  /** It was aborted: the process is to drop the work. */
  abort(): void;
  /** The process is silent for too long, or did not drop the work. */
  end(ending: Ending): void;
  /** It is settled, one way or another. */
  close(): void;
}

const ABORT_GRACE_MS = 3_000;

/** A request that was sent and is not answered yet. */
export class OpenRequest {
  /** Rejects with what it fails with, and with the signal's reason once that is aborted. */
  readonly answer: Promise<Answer>;
  readonly #options: AskOptions;
  readonly #events: RequestEvents;
  #resolve: (answer: Answer) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #silence: NodeJS.Timeout | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(options: AskOptions, events: RequestEvents) {
    this.#options = options;
    this.#events = events;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.signal?.addEventListener('abort', this.#onAbort);
    this.#listen();
  }

  progress(done: number): void {
    this.#listen();
    this.#options.onProgress?.(done);
  }

  settle(answer: Answer): void {
    this.#close(() => this.#resolve(answer));
  }

  fail(error: Error): void {
    this.#close(() => this.#reject(error));
  }

  /** A sign of life: the wait for the next one starts. */
  #listen(): void {
    const { silenceSeconds: seconds } = this.#options;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#events.end({ kind: 'time', seconds }), seconds * 1_000);
  }

  readonly #onAbort = (): void => {
    this.#events.abort();
    this.#grace = setTimeout(() => this.#events.end({ kind: 'time', seconds: ABORT_GRACE_MS / 1_000 }), ABORT_GRACE_MS);
  };

  #close(settle: () => void): void {
    const { signal } = this.#options;
    clearTimeout(this.#silence);
    clearTimeout(this.#grace);
    signal?.removeEventListener('abort', this.#onAbort);
    this.#events.close();
    if (signal?.aborted) this.#reject(signal.reason);
    else settle();
  }
}
