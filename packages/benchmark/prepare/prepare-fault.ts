/** What was given cannot be prepared. The message is one sentence, or a phrase of one: what is wrong, where, what to do. */
export class PrepareFault extends Error {
  override readonly name = 'PrepareFault';
}

/** That an archive could not be read to its end. @throws what it was, where that is a fault of the disk and not of the archive */
export function damaged(path: string, error: unknown): PrepareFault {
  if (error instanceof PrepareFault) return error;
  if (error instanceof Error && 'syscall' in error) throw error;
  return new PrepareFault(`${path} is cut short or damaged: download it again`);
}
