/** What was given cannot be prepared. The message is one sentence, or a phrase of one: what is wrong, where, what to do. */
export class PrepareFault extends Error {
  override readonly name = 'PrepareFault';
  /** The file or archive at fault; null where it is none of them alone. */
  readonly path: string | null;
  /** Words that go on after the path, or a whole sentence. */
  readonly why: string;

  constructor(path: string | null, why: string) {
    super(path === null ? why : `${path} ${why}`);
    this.path = path;
    this.why = why;
  }

  /** What is said of a file that has been named: of another's fault, with its path. */
  saidOf(path: string): string {
    return this.path === path ? this.why : this.message;
  }
}

/** That an archive could not be read to its end. @throws what it was, where that is a fault of the disk and not of the archive */
export function damaged(path: string, error: unknown): PrepareFault {
  if (error instanceof PrepareFault) return error;
  if (error instanceof Error && 'syscall' in error) throw error;
  return new PrepareFault(path, 'is cut short or damaged: download it again');
}
