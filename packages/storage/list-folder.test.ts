import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { LITTER } from '../../test/support/litter.ts';
import { isJunk } from './junk.ts';
import { DEEPEST, listFolder, MOST_ENTRIES, TooManyEntriesError } from './list-folder.ts';

let root: string;
beforeEach(async () => {
  root = newFolder();
});

async function write(path: string, content = 'x'): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

test('a folder holds a checkpoint, at its place, with the sizes of its files, and what is left out', async () => {
  await write('sd/model_index.json', '{}');
  await write('sd/unet/model.onnx', 'graph');
  await write('README.md');
  for (const path of LITTER) await write(`sd/${path}`);
  const { leftOut, ...listing } = await listFolder(root);
  expect(listing).toEqual({
    root: join(root, 'sd'),
    inside: 'sd',
    files: new Map([
      ['model_index.json', 2],
      ['unet/model.onnx', 5],
    ]),
    barred: [],
  });
  expect(leftOut).toContain('README.md');
  expect(leftOut).toContain('sd/.git/');
});

test('a folder is left out by what folders are called, not files: for all as for isJunk', async () => {
  const paths = [
    'unet.part/a.json',
    'old~/a.json',
    'optimizer.pt/a.json',
    '.git/a.json',
    '__pycache__/a.json',
    'a.part',
  ];
  for (const path of ['model_index.json', ...paths]) await write(path);
  const { files, leftOut } = await listFolder(root);
  expect([...files.keys()].sort()).toEqual(['model_index.json', ...paths.filter((path) => !isJunk(path))].sort());
  expect(leftOut).toEqual(['.git/', '__pycache__/', 'a.part']);
});

test('what may not lie in it is named with the reason, and is no file of it', async () => {
  await write('model_index.json');
  const outside = newFolder();
  await writeFile(join(outside, 'weights'), 'x');
  await symlink(join(outside, 'weights'), join(root, 'far'));
  await symlink('nowhere', join(root, 'gone'));
  await symlink('.', join(root, 'round'));
  await symlink('model_index.json', join(root, 'near'));
  await write(`${'d/'.repeat(DEEPEST + 1)}file`);
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const { files, barred } = await listFolder(root);
  expect([...files.keys()].sort()).toEqual(['model_index.json', 'near']);
  expect(Object.fromEntries(barred.map(({ path, why }) => [path, why]))).toEqual({
    far: 'outside',
    gone: 'broken',
    round: 'circle',
    pipe: 'special',
    [`${'d/'.repeat(DEEPEST + 1)}`.slice(0, -1)]: 'too deep',
  });
});

test('a folder with too many entries is not read to its end', async () => {
  for (let i = 0; i <= MOST_ENTRIES; i += 1) writeFileSync(join(root, `f${i}`), '');
  await expect(listFolder(root)).rejects.toBeInstanceOf(TooManyEntriesError);
});
