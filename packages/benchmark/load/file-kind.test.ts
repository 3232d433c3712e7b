import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folder.ts';
import { fileKind, HEAD_BYTES, KIND_PHRASES, readHead } from './file-kind.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['html', bytes('<!DOCTYPE html><html><body>404</body></html>')],
  ['html', bytes('\n  <HTML lang="en">')],
  ['html', bytes('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">')],
  ['svg', bytes('<?xml version="1.0"?><svg width="1"/>')],
  ['lfs-pointer', bytes('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')],
  ['zip', bytes('PK\x05\x06\0\0')],
  ['tar', bytes(`a.json${'\0'.repeat(251)}ustar\x0000`)],
  ['parquet', bytes('PAR1\x15\x04')],
  ['apple-double', bytes('\0\x05\x16\x07\0\x02\0\0Mac OS X')],
  ['jpeg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')],
  ['avif', bytes('\0\0\0\x1cftypavif\0\0')],
  ['bmp', bytes(`BM\x36\x0e${'\0'.repeat(6)}\x36\0\0\0\x28\0\0\0`)],
  ['webp', bytes('RIFF\0\0\0\0WEBPVP8 ')],
  ['json', Buffer.from('\uFEFF {"a": 1}')],
  ['text', Buffer.from('pug\nBMW é\n')],
  ['text', Buffer.from('BM is no image')],
  ['text', Buffer.from(`${'é'.repeat(HEAD_BYTES / 2 - 1)}xé`)],
  ['unknown', bytes('\0\x01\x02\x03')],
  ['empty', bytes('')],
] as const)('%s is told by its first bytes', async (kind, content) => {
  expect(fileKind(content)).toBe(kind);
  expect(fileKind(await readHead(join(await folderOf({ file: content }), 'file')))).toBe(kind);
  expect(KIND_PHRASES[kind]).toMatch(/^(an? \S|text|empty$|nothing |macOS's )/);
});
