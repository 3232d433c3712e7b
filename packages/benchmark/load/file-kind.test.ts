import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { kindOfBytes, kindOfFile, kindWords } from './file-kind.ts';
import { isLeftover } from './leftover.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['html', bytes('<!DOCTYPE html><html><body>404</body></html>')],
  ['html', bytes('\n  <HTML lang="en">')],
  ['html', bytes('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">')],
  ['svg', bytes('<?xml version="1.0"?><svg width="1"/>')],
  ['lfs', bytes('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n')],
  ['zip', bytes('PK\x05\x06\0\0')],
  ['tar', bytes(`a.json${'\0'.repeat(251)}ustar\x0000`)],
  ['parquet', bytes('PAR1\x15\x04')],
  ['appledouble', bytes('\0\x05\x16\x07\0\x02\0\0Mac OS X')],
  ['jpeg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')],
  ['avif', bytes('\0\0\0\x1cftypavif')],
  ['bmp', bytes('BM\x36\x0e\0\0')],
  ['webp', bytes('RIFF\0\0\0\0WEBPVP8 ')],
  ['json', Buffer.from('\uFEFF {"a": 1}')],
  ['text', Buffer.from('pug\nBMW é\n')],
  ['text', Buffer.from('BM is no image')],
  ['text', Buffer.from(`${'é'.repeat(255)}xé`)],
  [null, bytes('\0\x01\x02\x03')],
  [null, bytes('')],
] as const)('%s is told by its first bytes', async (kind, content) => {
  expect(kindOfBytes(content)).toBe(kind);
  const folder = await mkdtemp(join(tmpdir(), 'kind-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file'), content);
  expect(await kindOfFile(join(folder, 'file'))).toBe(kind);
  if (kind) expect(kindWords(kind)).toMatch(/^(an? |text|JSON)/);
});

it('of a file that is not there nothing is known', async () => {
  expect(await kindOfFile('/nowhere/at/all')).toBeNull();
});

it('leftovers are told by their names', () => {
  for (const name of ['.DS_Store', '._1.jpg', '__MACOSX', 'Thumbs.db', 'desktop.ini', 'a.jpg.part'])
    expect([name, isLeftover(name)]).toEqual([name, true]);
  for (const name of ['1.jpg', 'Muslim', 'thumbs.jpg', 'MACOSX', 'data.json'])
    expect([name, isLeftover(name)]).toEqual([name, false]);
});
