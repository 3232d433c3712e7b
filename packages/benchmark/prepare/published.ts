import { createHash } from 'node:crypto';
import { EDITIONS } from '../editions/editions.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Whether these are the bytes of the published file that stands at this place below a data root. */
export function isPublished(place: string, bytes: Uint8Array): boolean {
  const hashes = EDITIONS.flatMap(({ tasks }) => Object.values(tasks).map(({ metadata }) => metadata?.[place]));
  return hashes.includes(sha256(bytes));
}

/** The published bytes of a file that a program saved with other line ends or a byte order mark; null where it is another file. */
export function publishedOf(place: string, bytes: Buffer): Buffer | null {
  const plain = Buffer.from(
    bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n'),
  );
  const ended = Buffer.concat([plain, Buffer.from('\n')]);
  return [plain, ended].find((one) => isPublished(place, one)) ?? null;
}
