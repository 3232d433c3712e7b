/** How a piece of code that does not come is tried again. */
export type Loading = {
  /** Tries in all; default: without end. */
  tries?: number;
  /** Told after each try that failed. */
  onFailure?: () => void;
};

/**
 * Loads a piece of this page's code, again after a pause where it does not come: the network may blink, or the service be
 * exchanged under the reader.
 * @throws an Error whose message is a sentence for the reader, after so many tries.
 */
export async function loadCode<T>(load: () => Promise<T>, { tries, onFailure }: Loading = {}): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await load();
    } catch (cause) {
      onFailure?.();
      if (failures === tries)
        throw new Error(
          'A part of this page did not load. Check the connection and try again, or load the page anew.',
          {
            cause,
          },
        );
    }
    await new Promise((resolve) => setTimeout(resolve, waitBefore(failures)));
  }
}

/** Milliseconds: doubling from half a second to ten, each drawn at random so that readers do not come back all at once. */
export function waitBefore(retries: number): number {
  const ceiling = Math.min(10_000, 500 * 2 ** retries);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
