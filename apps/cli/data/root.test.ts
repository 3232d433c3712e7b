import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { builtinDataRoot } from '../../../builtin/data/root.ts';
import { DATA_VERSIONS, SET_NAME, SET_VERSION } from '../../../builtin/data/version.ts';
import { gdbench } from '../../../test/support/command.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';

const scratch = newFolder();
beforeAll(async () => {
  await writeFiles(path.join(scratch, 'clip'), tinyClip());
});

test('without a data root, what the tasks asked for show is drawn, and no other picture', async () => {
  const [home, out] = [path.join(scratch, 'home'), path.join(scratch, 'out')];
  const words = ['evaluate', path.join(scratch, 'clip'), '--tasks', 'genderbias', '--limit', '2', '--out', out];
  const env = { GDBENCH_HOME: home, GDBENCH_DATA: '', GDBENCH_BATCH: '4', GDBENCH_THREADS: '1' };
  const { code, stdout, stderr } = await gdbench(words, env).ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Drawing images: 72 of 72 (100%)');
  expect(await readdir(builtinDataRoot(home))).toEqual(['genderbias', 'manifest.json']);
  const { tasks, dataSet } = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
  expect(tasks.genderbias.dataVersion).toBe(DATA_VERSIONS.genderbias);
  expect([dataSet.name, dataSet.version]).toEqual([SET_NAME, SET_VERSION]);
});
