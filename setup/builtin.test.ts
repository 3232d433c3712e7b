import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpointsOf, QUESTIONS } from '../apps/web/questions/questions.ts';
import { builtinSha256s } from '../apps/web/server/builtin.ts';
import { each } from '../test/support/each.ts';
import { folderOf } from '../test/support/folder.ts';
import { builtinCheckpoints, builtinSetting, checkpointSha256OfFolder } from './builtin.ts';

test('checkpoints of one pass come before diffusion, each by name; other folders and files are left out', async () => {
  const root = await folderOf({
    'b-clip/config.json': {},
    'a-ldm/model_index.json': {},
    'c-itm/config.json': {},
    'd-ldm/model_index.json': {},
    'notes/README.md': '',
    'train.py': '',
  });
  expect(builtinCheckpoints(root)).toEqual(
    ['b-clip', 'c-itm', 'a-ldm', 'd-ldm'].map((name) => ({ name, folder: join(root, name) })),
  );
});

test('the checkpoints of the project are there, and with them all that a question of the pages names', () => {
  const names = builtinCheckpoints().map(({ name }) => name);
  expect(names).toEqual([
    'toy-clip',
    'toy-clip-balanced',
    'toy-clip-biased',
    'toy-itm',
    'toy-ldm',
    'toy-ldm-hardneg',
    'toy-ldm-noneg',
    'toy-ldm-nothreshold',
  ]);
  expect(names).toEqual(expect.arrayContaining(QUESTIONS.flatMap(checkpointsOf)));
});

test('the web pages read which checkpoints are the built-in ones', async () => {
  const root = await folderOf({ 'a-clip/config.json': 'a', 'b-clip/config.json': 'b' });
  const read = builtinSha256s(await builtinSetting(builtinCheckpoints(root)));
  expect([...read.keys()]).toEqual(['a-clip', 'b-clip']);
  for (const [name, sha256] of each(read)) expect(sha256).toBe(await checkpointSha256OfFolder(join(root, name)));
  expect(new Set(read.values()).size).toBe(2);
  expect(builtinSha256s('').size).toBe(0);
  expect(builtinSha256s(`toy-clip=${'0'.repeat(63)},toy=ldm`).size).toBe(0);
});
