import { open } from 'node:fs/promises';

/** What a file is, by its first bytes, whatever its name says. */
export type FileKind = keyof typeof KIND_PHRASES;

/** Each kind as a noun that goes on after "is": "a web page (HTML)". */
export const KIND_PHRASES = {
  jpeg: 'a JPEG image',
  png: 'a PNG image',
  gif: 'a GIF image',
  webp: 'a WebP image',
  bmp: 'a BMP image',
  tiff: 'a TIFF image',
  avif: 'an AVIF image',
  heic: 'a HEIC image',
  'jpeg-2000': 'a JPEG 2000 image',
  'jpeg-xl': 'a JPEG XL image',
  icon: 'an icon file (ICO)',
  photoshop: 'a Photoshop file (PSD)',
  svg: 'an SVG drawing',
  video: 'a video (MP4)',
  pdf: 'a PDF',
  html: 'a web page (HTML)',
  xml: 'an XML file',
  json: 'a JSON file',
  text: 'a text file',
  'lfs-pointer': 'a Git LFS pointer',
  'apple-double': "macOS's side file of another file (AppleDouble)",
  zip: 'a zip',
  gzip: 'a gzip archive',
  tar: 'a tar archive',
  bzip2: 'a bzip2 archive',
  xz: 'an xz archive',
  '7z': 'a 7z archive',
  rar: 'a RAR archive',
  zstd: 'a zstd archive',
  parquet: 'a Parquet file',
  matlab: 'a MATLAB file',
  hdf5: 'an HDF5 file',
  empty: 'empty',
  zeros: 'nothing but zeros',
  unknown: 'a file of no known kind',
} as const;

/** Bytes of a file that tell its kind. */
export const HEAD_BYTES = 4096;

type Signature = readonly [kind: FileKind, at: number, bytes: string];

/** Bytes as Latin-1 characters, and where they stand. */
const SIGNATURES: readonly Signature[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['jpeg-2000', 4, 'jP  \r\n\x87\n'],
  ['jpeg-xl', 4, 'JXL \r\n\x87\n'],
  ['jpeg-xl', 0, '\xff\x0a'],
  ['icon', 0, '\0\0\x01\0'],
  ['photoshop', 0, '8BPS'],
  ['pdf', 0, '%PDF'],
  ['apple-double', 0, '\0\x05\x16\x07'],
  ['apple-double', 0, '\0\x05\x16\0'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['gzip', 0, '\x1f\x8b'],
  ['bzip2', 0, 'BZh'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['7z', 0, '7z\xbc\xaf\x27\x1c'],
  ['rar', 0, 'Rar!\x1a\x07'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['parquet', 0, 'PAR1'],
  ['matlab', 0, 'MATLAB 5.0 MAT-file'],
  ['hdf5', 0, '\x89HDF\r\n\x1a\n'],
  ['tar', 257, 'ustar'],
];

/** Brands of the container that HEIC, AVIF and MP4 share. */
const BRANDS: readonly (readonly [kind: FileKind, brand: RegExp])[] = [
  ['avif', /^avi[fs]$/],
  ['heic', /^(hei[cxms]|hev[cx]|mif1|msf1)$/],
  ['video', /./],
];

/** The kind of a file whose first `HEAD_BYTES` (or all, if it is shorter) these are. */
export function fileKind(head: Uint8Array): FileKind {
  if (head.length === 0) return 'empty';
  const latin = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
  const signature = SIGNATURES.find(([, at, bytes]) => latin.startsWith(bytes, at));
  if (signature) return signature[0];
  if (latin.startsWith('RIFF') && latin.startsWith('WEBP', 8)) return 'webp';
  if (latin.startsWith('ftyp', 4)) return BRANDS.find(([, brand]) => brand.test(latin.slice(8, 12)))?.[0] ?? 'video';
  if (isBmp(head)) return 'bmp';
  if (head.every((byte) => byte === 0)) return 'zeros';
  return textKind(head) ?? 'unknown';
}

/** "BM" begins many texts; a bitmap's header has zeros behind the file's length, and then its own length. */
function isBmp(head: Uint8Array): boolean {
  const headers = [12, 16, 40, 52, 56, 64, 108, 124];
  const isReserved = head.subarray(6, 10).every((byte) => byte === 0);
  return head[0] === 0x42 && head[1] === 0x4d && isReserved && headers.includes(head[14] ?? 0);
}

function textKind(head: Uint8Array): FileKind | null {
  const text = textOf(head);
  if (text === null) return null;
  const start = text.replace(/^\s+|<!--[\s\S]*?-->\s*/g, '');
  if (start.startsWith('version https://git-lfs.github.com/spec/')) return 'lfs-pointer';
  if (/^(<\?xml[^>]*>\s*)?(<!doctype svg[^>]*>\s*)?<svg[\s>]/i.test(start)) return 'svg';
  if (
    /^(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|title|script|meta|style|div|p|h1|table|center)[\s>/]/i.test(
      start,
    )
  )
    return 'html';
  if (/^<(\?xml|[a-z_!])/i.test(start)) return 'xml';
  if (/^(\{\s*["}]|\[\s*[[{"\d\]-])/.test(start)) return 'json';
  return 'text';
}

/** The text of a file's head without a byte order mark; null where it is none. A character may be cut at its end. */
function textOf(head: Uint8Array): string | null {
  if (head.some((byte) => byte < SPACE && !TEXT_CONTROLS.has(byte))) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    return null;
  }
}

const SPACE = 0x20;
/** Tab, line feed, vertical tab, form feed, carriage return, escape. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([9, 10, 11, 12, 13, 27]);

/** The first bytes of a file on disk, at most so many. */
export async function readHead(file: string, bytes = HEAD_BYTES): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
