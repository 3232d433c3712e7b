import { type FileKind, KIND_PHRASES } from '@gdbench/benchmark/file-kind';

/** Why an image's file is not read; the message is a phrase that says what is wrong and what to do: "it is ...; ...". */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Pixels of the largest image that is read: Pillow takes a larger one for a decompression bomb. */
export const MOST_PIXELS = 178_956_970;

/** An image has more than MOST_PIXELS. */
class TooManyPixels extends Error {}

/** @throws TooManyPixels */
export function requireModest({ width, height }: { readonly width: number; readonly height: number }): void {
  if (width * height > MOST_PIXELS) throw new TooManyPixels(`it has ${width} x ${height} pixels`);
}

/** The kinds of files whose pixels come out as Pillow's, to the bit. */
const DECODED = ['jpeg', 'png', 'gif', 'webp'] as const;
type Decoded = (typeof DECODED)[number];

const isDecoded = (kind: FileKind): kind is Decoded => (DECODED as readonly string[]).includes(kind);

const CONVERT = 'it is not read to the bit as Pillow reads it: convert it to PNG, or leave its examples out';
const AGAIN = 'download the image again';

/** What to do about a file that is no image that is decoded; of kinds that are not listed here: get the image itself. */
const REMEDIES: Partial<Record<FileKind, string>> = {
  bmp: CONVERT,
  tiff: CONVERT,
  avif: CONVERT,
  heic: CONVERT,
  'jpeg-2000': CONVERT,
  'jpeg-xl': CONVERT,
  icon: CONVERT,
  photoshop: CONVERT,
  svg: CONVERT,
  html: `a server's answer was saved in its place: ${AGAIN}`,
  xml: `a server's answer was saved in its place: ${AGAIN}`,
  json: `a server's answer was saved in its place: ${AGAIN}`,
  text: `a server's answer was saved in its place: ${AGAIN}`,
  'lfs-pointer': 'run `git lfs pull` in the clone that it came from',
  'apple-double': 'delete it and put the image itself there, whose name has no "._"',
  zip: 'unpack it',
  gzip: 'unpack it',
  tar: 'unpack it',
  empty: AGAIN,
  zeros: `it was not written to its end: ${AGAIN}`,
};

/**
 * The kind of an image's file, one of those that are decoded.
 *
 * @throws Unreadable, which says what the file is and what to do.
 */
export function decodedKind(kind: FileKind): Decoded {
  if (isDecoded(kind)) return kind;
  throw new Unreadable(`it is ${KIND_PHRASES[kind]}; ${REMEDIES[kind] ?? 'put the image itself there'}`);
}

/** What is wrong with a file whose head is of a kind that is decoded, as a phrase. @param error what its decoding threw. */
export function damage(kind: Decoded, bytes: Uint8Array, error: unknown): string {
  if (isCutShort(kind, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
    return `it is ${KIND_PHRASES[kind]} that is cut short; ${AGAIN}`;
  if (error instanceof TooManyPixels)
    return `it is ${KIND_PHRASES[kind]} of more than ${Math.floor(MOST_PIXELS / 1e6)} million pixels, which Pillow refuses too; ${AGAIN}`;
  return `it is ${KIND_PHRASES[kind]} that is damaged (${firstLine(error)}); ${AGAIN}`;
}

/** What an error says, as a phrase. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/\.$/, '');
}

/** Whether the file lacks its end. */
function isCutShort(kind: Decoded, file: Buffer): boolean {
  switch (kind) {
    case 'jpeg':
      return !endsAsJpeg(file);
    case 'png':
      return file.lastIndexOf('IEND', undefined, 'latin1') < 0;
    case 'gif':
      return !endsAsGif(file);
    case 'webp':
      return file.length < 12 || file.length < file.readUInt32LE(4) + 8;
  }
}

const START_OF_SCAN = 0xda;

/** Whether an end stands behind the picture's own data; a preview among its headers has an end too. */
function endsAsJpeg(file: Buffer): boolean {
  let at = 2;
  while (at + 4 <= file.length) {
    const marker = file[at + 1]!;
    if (marker === START_OF_SCAN) return file.indexOf(Buffer.from([0xff, 0xd9]), at) >= 0;
    at += marker === 0xff ? 1 : 2 + file.readUInt16BE(at + 2);
  }
  return false;
}

const [IMAGE, EXTENSION, TRAILER] = [0x2c, 0x21, 0x3b];

/** Whether the trailer stands behind the blocks: any byte of their data may be the same. */
function endsAsGif(file: Buffer): boolean {
  const paletteBytes = (flags = 0) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + paletteBytes(file[10]);
  while (at < file.length) {
    if (file[at] === TRAILER) return true;
    if (file[at] === IMAGE) at += 11 + paletteBytes(file[at + 9]);
    else if (file[at] === EXTENSION) at += 2;
    // damaged, and so it is not known where it would end
    else return true;
    for (let length = file[at]; length; length = file[at]) at += length + 1;
    at += 1;
  }
  return false;
}
