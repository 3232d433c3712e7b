import { type FileHandle, open } from 'node:fs/promises';

/** What a file's first bytes say that it is. */
export type FileKind =
  | 'html'
  | 'lfs'
  | 'zip'
  | 'gzip'
  | 'tar'
  | '7z'
  | 'rar'
  | 'parquet'
  | 'pdf'
  | 'mat'
  | 'appledouble'
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'bmp'
  | 'tiff'
  | 'avif'
  | 'heic'
  | 'svg'
  | 'json'
  | 'text';

/** "is a web page (HTML)": words that go on after "is". */
const WORDS: Record<FileKind, string> = {
  html: 'a web page (HTML)',
  lfs: 'a Git LFS pointer, which stands for a file that was not fetched',
  zip: 'a zip archive',
  gzip: 'a gzip archive',
  tar: 'a tar archive',
  '7z': 'a 7z archive',
  rar: 'a RAR archive',
  parquet: 'a Parquet table',
  pdf: 'a PDF document',
  mat: 'a MATLAB file',
  appledouble: 'a resource file of macOS (AppleDouble)',
  jpeg: 'a JPEG image',
  png: 'a PNG image',
  gif: 'a GIF image',
  webp: 'a WebP image',
  bmp: 'a BMP image',
  tiff: 'a TIFF image',
  avif: 'an AVIF image',
  heic: 'a HEIC image',
  svg: 'an SVG drawing',
  json: 'JSON text',
  text: 'text',
};

export const kindWords = (kind: FileKind): string => WORDS[kind];

/** Bytes that are enough to tell: a tar's mark stands at 257. */
export const HEAD_BYTES = 512;

/** By the bytes with which it begins; `at` in bytes. */
const MAGIC: readonly { kind: FileKind; at: number; bytes: string }[] = [
  { kind: 'jpeg', at: 0, bytes: '\xff\xd8\xff' },
  { kind: 'png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { kind: 'gif', at: 0, bytes: 'GIF8' },
  { kind: 'webp', at: 8, bytes: 'WEBP' },
  { kind: 'tiff', at: 0, bytes: 'II*\0' },
  { kind: 'tiff', at: 0, bytes: 'MM\0*' },
  { kind: 'avif', at: 4, bytes: 'ftypavi' },
  { kind: 'heic', at: 4, bytes: 'ftyphei' },
  { kind: 'heic', at: 4, bytes: 'ftypmif1' },
  { kind: 'zip', at: 0, bytes: 'PK\x03\x04' },
  { kind: 'zip', at: 0, bytes: 'PK\x05\x06' },
  { kind: 'gzip', at: 0, bytes: '\x1f\x8b' },
  { kind: '7z', at: 0, bytes: "7z\xbc\xaf'\x1c" },
  { kind: 'rar', at: 0, bytes: 'Rar!\x1a\x07' },
  { kind: 'tar', at: 257, bytes: 'ustar' },
  { kind: 'parquet', at: 0, bytes: 'PAR1' },
  { kind: 'pdf', at: 0, bytes: '%PDF-' },
  { kind: 'mat', at: 0, bytes: 'MATLAB ' },
  { kind: 'appledouble', at: 0, bytes: '\x00\x05\x16\x07' },
  { kind: 'appledouble', at: 0, bytes: '\x00\x05\x16\x00' },
  { kind: 'lfs', at: 0, bytes: 'version https://git-lfs' },
  // last, for two letters say little
  { kind: 'bmp', at: 0, bytes: 'BM' },
];

/** What the first bytes of a file (HEAD_BYTES of them, or all) say that it is; null where they say nothing. */
export function kindOfBytes(head: Uint8Array): FileKind | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES));
  const letters = bytes.toString('latin1');
  const found = MAGIC.find(({ at, bytes: mark }) => letters.startsWith(mark, at));
  if (found && !(found.kind === 'bmp' && isText(bytes))) return found.kind;
  if (bytes.length === 0 || !isText(bytes)) return null;
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/^(\s|<\?xml[^>]*>|<!--.*?-->)+/s, '');
  if (/^<(!doctype html|html|head|body|script|meta|title)\b/i.test(text)) return 'html';
  if (/^(<!doctype svg[^>]*>\s*)?<svg\b/i.test(text)) return 'svg';
  return /^[[{]/.test(text) ? 'json' : 'text';
}

/** No byte that text does not have; the head may end within a character. */
function isText(bytes: Buffer): boolean {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: bytes.length === HEAD_BYTES }),
    );
  } catch {
    return false;
  }
}

/** The same of a file on the disk; null also where it cannot be read. */
export async function kindOfFile(path: string): Promise<FileKind | null> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return kindOfBytes(buffer.subarray(0, bytesRead));
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}
