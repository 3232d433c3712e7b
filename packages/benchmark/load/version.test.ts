import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import { lookAt } from './images.ts';
import { dataVersion } from './version.ts';

const root = newFolder();

it('hashes metadata and images in their order, however many and however large they are', async () => {
  // around the size above which a file is read in pieces, among many small ones, and one that is missing
  const sizes = [...Array(20).keys(), 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20, 5].map((size) => size + 1);
  const files = sizes.map((size, i) => ({ path: `${i}.png`, bytes: Buffer.alloc(size, i + 1) }));
  await Promise.all(files.map(({ path, bytes }) => writeFile(join(root, path), bytes)));
  const metadata = [{ path: 'captions.json', bytes: Buffer.from('[]') }];
  const images = await lookAt(root, ['gone.png', ...files.map(({ path }) => path)]);

  const whole = createHash('sha256').update('captions.json\x002\x00[]gone.png\x00missing\x00');
  for (const { path, bytes } of files) whole.update(`${path}\0${bytes.length}\0`).update(bytes);
  expect(await dataVersion(root, 'clevr', metadata, images)).toBe(whole.digest('hex').slice(0, 16));
});
