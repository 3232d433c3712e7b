import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { ROOT } from '@gdbench/settings/root';
import { extract } from 'tar';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../test/support/command.ts';
import { newFolder } from '../test/support/folder.ts';
import { oldNode } from '../test/support/old-node.ts';
import { writeTinyData } from '../test/support/tiny-data.ts';
import { packCli } from './pack-cli.ts';

const folder = newFolder();
/** The package, where npm would install it. */
let installed: string;
beforeAll(async () => {
  installed = join(folder, 'node_modules/@gdbench/cli');
  await mkdir(installed, { recursive: true });
  await extract({ file: await packCli(folder), cwd: installed, strip: 1 });
  // what npm would fetch beside it: a version of a workspace's own before that of the root
  for (const from of ['workers', 'apps/cli', '.']) {
    const others = await readdir(join(ROOT, from, 'node_modules')).catch(() => []);
    for (const name of others.filter((other) => other !== '@gdbench' && !other.startsWith('.')))
      await symlink(join(ROOT, from, 'node_modules', name), join(folder, 'node_modules', name)).catch(ignoreTaken);
  }
});

function ignoreTaken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function packed(words: readonly string[], node = process.execPath) {
  const env = { ...process.env, GDBENCH_DEVICE: 'cpu', NODE_OPTIONS: '' };
  const child = spawn(node, [join(installed, 'gdbench.mjs'), ...words], { cwd: folder, env });
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
    });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...told })),
  );
}

test('holds JavaScript alone, which imports nothing that it does not bring or name as a dependency', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const entries = await readdir(installed, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files.filter((file) => /\.tsx?$|\.py$|\.onnx$/.test(file))).toEqual([]);
  const sources = files.filter((file) => /\.m?js$/.test(file));
  expect(sources.length).toBeGreaterThan(200);
  const known = new Set([...Object.keys(manifest.dependencies), ...manifest.bundleDependencies]);
  const imported = new Set<string>();
  for (const file of sources)
    for (const [, from = ''] of (await readFile(file, 'utf8')).matchAll(/(?:\bfrom\s|\bimport\()\s*'([^'.][^'\n]*)'/g))
      if (!isBuiltin(from)) imported.add(from.split('/', from.startsWith('@') ? 2 : 1).join('/'));
  expect(imported.size).toBeGreaterThan(20);
  expect([...imported].filter((name) => !known.has(name))).toEqual([]);
  expect(existsSync(join(installed, 'node_modules/@gdbench/workers/child/child.js'))).toBe(true);
});

test('says its version as it does from the sources', async () => {
  const { stdout } = await gdbench(['--version']).ended;
  expect(await packed(['--version'])).toEqual({ code: 0, stdout, stderr: '' });
});

test('scores as it does from the sources, threads of its own included', async () => {
  const data = join(folder, 'data');
  await writeTinyData(data);
  const checkpoint = join(ROOT, 'builtin/checkpoints/toy-ldm');
  const words = ['evaluate', checkpoint, '--data', data, '--samples', '2', '--json', '--out'];
  const fromSources = await gdbench([...words, join(folder, 'sources')]).ended;
  const fromPackage = await packed([...words, join(folder, 'package')]);
  expect(fromPackage.stderr).toBe('');
  expect(JSON.parse(fromPackage.stdout)).toEqual(JSON.parse(fromSources.stdout));
});

test('says which Node it needs', async () => {
  const { code, stdout, stderr } = await packed(['--version'], await oldNode());
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^gdbench needs Node 22\.18 or newer, and this is Node \d+\.\d+\.\d+: install a newer one\.\n$/,
  );
});
