import type { SubmissionFileRow } from '@gdbench/prisma/submissions';
import type { Storage } from '@gdbench/storage/storage';

const PATH = 'README.md';
/** A card is read by people: what is longer is no card, and would be costly to show. */
const MOST_BYTES = 64 * 1024;

/** The beginning of the checkpoint's model card; null where none is stored. */
export async function readModelCard(storage: Storage, files: readonly SubmissionFileRow[]): Promise<string | null> {
  const file = files.find(({ path, stored }) => path === PATH && stored);
  if (!file) return null;
  const parts: Buffer[] = [];
  let bytes = 0;
  // leaving the loop ends the stream, so that no more of a huge file is read
  for await (const part of await storage.read(file.sha256)) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= MOST_BYTES) break;
  }
  // a character that the limit cuts in two is left out; what is no UTF-8 becomes U+FFFD
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, MOST_BYTES), { stream: bytes >= MOST_BYTES });
}
