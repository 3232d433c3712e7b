import { PrepareFault } from './prepare-fault.ts';

/** What is given may come from anywhere, so that nothing in it may cost without end. */
export const BOUNDS = {
  /** Files and folders of all that is given, those in archives included. */
  entries: 3_000_000,
  /** An archive in an archive in an archive. */
  depth: 3,
  metadataBytes: 256 * 2 ** 20,
  imageBytes: 512 * 2 ** 20,
  /** A table with all its images, or an archive that lies in another. */
  largeBytes: 64 * 2 ** 30,
  /** What an archive may unpack to, as a multiple of its own bytes. No metadata and no image shrink so far. */
  ratio: 300,
  /** An archive's content below this is let be, whatever the ratio. */
  ratioFrom: 64 * 2 ** 20,
} as const;

/** @throws PrepareFault where unpacking so many bytes from so few is beyond what data of any set need. */
export function requireModest(path: string, packed: number, unpacked: number): void {
  if (unpacked <= BOUNDS.ratioFrom || unpacked <= packed * BOUNDS.ratio) return;
  throw new PrepareFault(
    path,
    `would unpack to more than ${BOUNDS.ratio} times its size, as no data set does: download it again`,
  );
}
