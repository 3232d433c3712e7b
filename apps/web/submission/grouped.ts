import { alike, type Said } from '@gdbench/storage/alike';

/** Faults of which the same is to be said, with all their files, in the order of their first. */
export function grouped<F extends Said & { readonly file: string }>(
  faults: readonly F[],
): (F & { readonly files: readonly string[] })[] {
  return alike(faults).map((group) => ({ ...group[0], files: group.map(({ file }) => file) }));
}
