import { hashFile } from './identity.ts';

/** A file is not what its hash says. */
export class HashMismatchError extends Error {
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string) {
    super(`The file's sha256 is ${actual}, not ${expected}: it was changed or damaged on the way; send it again.`);
    this.name = 'HashMismatchError';
    this.expected = expected;
    this.actual = actual;
  }
}

export class NotStoredError extends Error {
  readonly sha256: string;

  constructor(sha256: string) {
    super(`No file with sha256 ${sha256} is stored.`);
    this.name = 'NotStoredError';
    this.sha256 = sha256;
  }
}

/** Hashes become file names: nothing but 64 lower-case hex digits may pass. */
export function requireSha256(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256;
  throw new Error(`${JSON.stringify(sha256.slice(0, 80))} is no sha256: give 64 lower-case hex digits.`);
}

/** @throws HashMismatchError */
export async function requireContent(sha256: string, path: string): Promise<void> {
  const { sha256: actual } = await hashFile(path);
  if (actual !== sha256) throw new HashMismatchError(sha256, actual);
}
