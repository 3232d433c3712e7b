/**
 * One subscriber's side of a topic: holds at most one value, the newest, so that a socket that reads slowly skips
 * states instead of letting them pile up. (A Repeater with a sliding buffer of one does the same, several times slower.)
 */
export interface Mailbox<T> extends AsyncIterableIterator<T> {
  put(value: T): void;
  /** Ends the iteration after the value that still waits. */
  end(): void;
  /** Ends the iteration with an error, at once. */
  fail(error: unknown): void;
  return(): Promise<IteratorReturnResult<undefined>>;
}

type Waiting<T> = { resolve(result: IteratorResult<T>): void; reject(error: unknown): void };

/** `onClose` runs once, when the reader leaves or the end has been read. */
export function createMailbox<T>(onClose: () => void): Mailbox<T> {
  let newest: { value: T } | undefined;
  let failure: { error: unknown } | undefined;
  let ended = false;
  let closed = false;
  const waiting: Waiting<T>[] = [];

  const close = () => {
    if (closed) return;
    closed = true;
    newest = undefined;
    for (const reader of waiting.splice(0)) reader.resolve({ done: true, value: undefined });
    onClose();
  };
  const settle = () => {
    while (waiting.length > 0) {
      if (failure) waiting.shift()?.reject(failure.error);
      else if (newest) {
        const { value } = newest;
        newest = undefined;
        waiting.shift()?.resolve({ done: false, value });
      } else break;
    }
    if (failure || (ended && !newest)) close();
  };

  return {
    put(value) {
      if (ended || closed) return;
      newest = { value };
      settle();
    },
    end() {
      ended = true;
      if (waiting.length > 0) settle();
    },
    fail(error) {
      if (closed || failure) return;
      failure = { error };
      newest = undefined;
      if (waiting.length > 0) settle();
    },
    next() {
      if (closed) return Promise.resolve({ done: true, value: undefined });
      const result = new Promise<IteratorResult<T>>((resolve, reject) => waiting.push({ resolve, reject }));
      settle();
      return result;
    },
    return() {
      close();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
