/** What was asked of the database came to no end in time. */
export class TooLate extends Error {
  /** As of a connection that does: what was asked may be asked again. */
  readonly code = 'ETIMEDOUT';

  constructor(seconds: number) {
    super(`The database gave no answer within ${seconds} s.`);
    this.name = 'TooLate';
  }
}

/**
 * Waits for an answer for so long and no longer.
 *
 * @param onLate called when it did not come; what comes afterwards is `late`'s
 * @throws TooLate
 */
export async function within<T>(
  seconds: number,
  asked: Promise<T>,
  onLate: () => void,
  late: (answer: T) => unknown = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      onLate();
      reject(new TooLate(seconds));
    }, seconds * 1_000);
  });
  // heard by this alone once it is late
  asked.then(
    (answer) => (isLate ? late(answer) : undefined),
    () => undefined,
  );
  return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
}
