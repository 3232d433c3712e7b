/** What a worker has started, ended in the opposite order. */
export interface Owned {
  /** Notes how to end something that has been started. */
  add(name: string, close: () => Promise<unknown> | unknown): void;
  /** Ends everything, last first; one that fails to end does not keep the others. Repeated calls give the same promise. */
  close(): Promise<void>;
}

export function createOwned(onError: (name: string, error: unknown) => void): Owned {
  const started: { name: string; close: () => Promise<unknown> | unknown }[] = [];
  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    for (let last = started.pop(); last; last = started.pop()) {
      const { name, close } = last;
      try {
        await close();
      } catch (error) {
        onError(name, error);
      }
    }
  };
  return {
    add(name, close) {
      started.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
