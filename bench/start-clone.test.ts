import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { newFolder, writeFiles } from '../test/support/folder.ts';
import { cloneInstalled, endInstall } from './start-clone.ts';

const scratch = newFolder();
let repository: string;
const never = new AbortController().signal;

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Bench', '-c', 'user.email=bench@localhost', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', repository, ...identity, ...args], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  repository = join(scratch, 'repository');
  const packages = { '': {}, 'apps/api': {}, 'apps/web': {}, 'node_modules/a': {}, 'apps/api/node_modules/b': {} };
  await writeFiles(repository, {
    'package-lock.json': { packages },
    'package.json': { scripts: { prepare: 'node generate.mjs' } },
    'generate.mjs': `import { mkdirSync } from 'node:fs'; mkdirSync('apps/api/generated');`,
    '.gitignore': 'node_modules/\ngenerated/\n',
    'apps/api/server.ts': 'committed',
  });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'First');
  await writeFiles(repository, {
    'node_modules/a/index.js': 'a',
    'node_modules/a/.hidden/index.js': 'hidden',
    'node_modules/.package-lock.json': '{}',
    'node_modules/.gdbench/stamp': 'generated code is up to date',
    'node_modules/.vite/results.json': '{}',
    'apps/api/node_modules/b/index.js': 'b',
    'apps/api/generated/types.ts': 'generated',
  });
  await mkdir(join(repository, 'node_modules/@gdbench'));
  await symlink('../../apps/api', join(repository, 'node_modules/@gdbench/api'));
});

test('a clone holds what is committed and what is installed, and nothing generated', async () => {
  const clone = await cloneInstalled(repository, join(scratch, 'first'), never);
  expect(clone).toEqual({ folder: join(scratch, 'first'), commit: git('rev-parse', 'HEAD'), differing: 0 });
  const read = (file: string) => readFile(join(clone.folder, file), 'utf8');
  expect(await Promise.all(['node_modules/a/index.js', 'apps/api/node_modules/b/index.js'].map(read))).toEqual([
    'a',
    'b',
  ]);
  expect(await read('node_modules/a/.hidden/index.js')).toBe('hidden');
  expect((await readdir(join(clone.folder, 'node_modules'))).sort()).toEqual(['.package-lock.json', '@gdbench', 'a']);
  expect((await readdir(join(clone.folder, 'apps/api'))).sort()).toEqual(['node_modules', 'server.ts']);
  // the workspace is the clone's own
  expect(await readlink(join(clone.folder, 'node_modules/@gdbench/api'))).toBe('../../apps/api');
  await rm(clone.folder, { recursive: true });
  expect(await readFile(join(repository, 'node_modules/a/index.js'), 'utf8')).toBe('a');
});

test('the last step of an install is made in the clone', async () => {
  const { folder } = await cloneInstalled(repository, join(scratch, 'prepared'), never);
  expect(existsSync(join(folder, 'apps/api/generated'))).toBe(false);
  await endInstall(folder, never);
  expect(existsSync(join(folder, 'apps/api/generated'))).toBe(true);
  const reason = new Error('Interrupted.');
  await expect(endInstall(folder, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('files in which the working tree differs are counted and left out', async () => {
  await writeFile(join(repository, 'apps/api/server.ts'), 'changed');
  await writeFiles(repository, { 'apps/web/new/one.ts': '', 'apps/web/new/two.ts': '' });
  const clone = await cloneInstalled(repository, join(scratch, 'second'), never);
  expect(clone.differing).toBe(3);
  expect(await readFile(join(clone.folder, 'apps/api/server.ts'), 'utf8')).toBe('committed');
  expect(existsSync(join(clone.folder, 'apps/web'))).toBe(false);
});

test('an interrupted one ends with the reason', async () => {
  const reason = new Error('Interrupted.');
  await expect(cloneInstalled(repository, join(scratch, 'third'), AbortSignal.abort(reason))).rejects.toBe(reason);
});
