import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { oldNode } from '../../test/support/old-node.ts';
import { type Registry, startRegistry, startSilentRegistry } from '../../test/support/registry.ts';
import { isSupported } from './node.mjs';

/** Says who runs it with which words; then does as it is told by the first word. */
const ENTRY = `
interface Told { readonly word: string | undefined }
const told: Told = { word: process.argv[2] };
console.log(JSON.stringify({ version: process.versions.node, words: process.argv.slice(2), pid: process.pid }));
if (told.word === 'exit') process.exit(Number(process.argv[3]));
if (told.word === 'die') process.kill(process.pid, 'SIGKILL');
if (told.word === 'echo') {
  setInterval(() => {}, 1_000);
  process.on('message', (message) => process.send?.(message, () => process.exit(0)));
}
if (told.word === 'wait') {
  const held = setInterval(() => {}, 1_000);
  let interrupted = 0;
  process.on('SIGINT', () => {
    interrupted += 1;
    // a second one would come before what is set up now
    setImmediate(() => setImmediate(() => { console.log('interrupted', interrupted); clearInterval(held); process.exitCode = 5; }));
  });
  console.log('waiting');
}`;
const MAIN = `
import { underSupportedNode } from './packages/launcher/launch.mjs';
await underSupportedNode();
await import('./entry.ts');`;

let old: string;
let registry: Registry;
beforeAll(async () => {
  old = await oldNode();
  registry = await startRegistry();
});
afterAll(() => registry.close());

/** A checkout of the launcher alone. */
async function checkout(): Promise<string> {
  const folder = newFolder();
  await cp(import.meta.dirname, join(folder, 'packages/launcher'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'main.mjs'), MAIN);
  await writeFile(join(folder, 'entry.ts'), ENTRY);
  return folder;
}

interface Launched {
  readonly child: ChildProcess;
  readonly output: () => { stdout: string; stderr: string };
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

interface Where {
  readonly node?: string;
  readonly url?: string;
  readonly options?: SpawnOptions;
}

/** Runs the checkout's main with its words, as a new terminal would: nothing is known of the npm that runs the tests. */
function launch(
  folder: string,
  words: readonly string[],
  { node = old, url = registry.url, options = {} }: Where = {},
): Launched {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|VITEST)/.test(name));
  const settings = { npm_config_registry: url, npm_config_cache: join(folder, 'npm-cache') };
  const child = spawn(node, [join(folder, 'main.mjs'), ...words], {
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
    });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return { child, output: () => told, ended };
}

/** Resolves when the words stand in what it has printed. */
async function printed({ child, output, ended }: Launched, words: string): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!output().stdout.includes(words)) {
    if (isOver) throw new Error(`It ended before it said "${words}": ${JSON.stringify(output())}`);
    await Promise.race([once(child.stdout!, 'data'), ended]);
  }
}

const said = ({ output }: Launched) => JSON.parse(output().stdout.split('\n')[0] ?? '');
const left = (folder: string) => readdir(join(folder, '.node')).catch(() => []);

test.each([
  ['20.20.2', false],
  ['22.17.1', false],
  ['22.18.0', true],
  ['22.23.3', true],
  ['24.0.0', true],
  ['26.10.0', true],
  ['18.20.4', false],
])('Node %s imports TypeScript by itself: %s', (version, is) => {
  expect(isSupported(version)).toBe(is);
});

test('a Node that will do runs the entry in the same process and fetches nothing', async () => {
  const folder = await checkout();
  const run = launch(folder, ['exit', '3'], { node: process.execPath, url: 'http://127.0.0.1:1' });
  expect(await run.ended).toEqual({ code: 3, signal: null });
  expect(said(run)).toEqual({ version: process.versions.node, words: ['exit', '3'], pid: run.child.pid });
  expect(run.output().stderr).toBe('');
  expect(await left(folder)).toEqual([]);
});

describe('an old Node', () => {
  test('fetches another once, says so, and the entry runs there with the same words and exit code', async () => {
    const folder = await checkout();
    const before = registry.asked.length;
    const first = launch(folder, ['exit', '7']);
    expect(await first.ended, first.output().stderr).toEqual({ code: 7, signal: null });
    expect(said(first)).toMatchObject({ version: process.versions.node, words: ['exit', '7'] });
    expect(first.output().stderr).toMatch(
      /^GDBench needs Node 22\.18 or newer, and this is Node [\d.]+: fetching Node 24 into \.node, once \(some 190 MB\) \.\.\.\n$/,
    );
    expect(await left(folder)).toEqual(['24']);
    const fetched = registry.asked.length;
    expect(fetched).toBeGreaterThan(before);
    const second = launch(folder, ['exit', '0']);
    expect(await second.ended).toEqual({ code: 0, signal: null });
    expect(second.output().stderr).toBe('');
    expect(registry.asked.length).toBe(fetched);
  });

  test.each([
    ['is empty', (bin: string) => writeFile(bin, '')],
    ['may not be run', (bin: string) => chmod(bin, 0o644)],
    ['lacks its description', (bin: string) => rm(join(bin, '../../package.json'))],
  ])('fetches another again where the one that it has %s', async (_, spoil) => {
    const folder = await checkout();
    await launch(folder, ['exit', '0']).ended;
    await spoil(join(folder, '.node/24/node_modules/node/bin/node'));
    const run = launch(folder, ['exit', '7']);
    expect(await run.ended, run.output().stderr).toEqual({ code: 7, signal: null });
    expect(said(run)).toMatchObject({ version: process.versions.node });
    expect(await left(folder)).toEqual(['24']);
  });

  test('that two commands find at the same time leaves one that both run under', async () => {
    const folder = await checkout();
    const both = [launch(folder, ['exit', '4']), launch(folder, ['exit', '4'])];
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual(Array(2).fill({ code: 4, signal: null }));
    expect(await left(folder)).toEqual(['24']);
  });

  test('without a network says what to do, and leaves nothing behind', async () => {
    const folder = await checkout();
    const run = launch(folder, ['exit', '0'], { url: 'http://127.0.0.1:1' });
    expect(await run.ended).toEqual({ code: 1, signal: null });
    expect(run.output().stdout).toBe('');
    const [, sentence, ...more] = run.output().stderr.trimEnd().split('\n');
    expect(sentence).toMatch(
      /^Node 24 could not be fetched \(the npm package `node`: .*ECONNREFUSED.*\): install Node 22\.18 or newer, or see to that, and run the command again\.$/,
    );
    expect(more).toEqual([]);
    expect(await left(folder)).toEqual([]);
  });

  test('ends on Ctrl-C while it fetches, and leaves nothing behind', async () => {
    const silent = await startSilentRegistry();
    try {
      const folder = await checkout();
      const run = launch(folder, [], { url: silent.url });
      await silent.first;
      run.child.kill('SIGINT');
      expect(await run.ended).toEqual({ code: 130, signal: null });
      expect(await left(folder)).toEqual([]);
    } finally {
      await silent.close();
    }
  });
});

describe('what runs under another Node', () => {
  test.each(['its process', 'its group, as by a terminal'])(
    'is told once of Ctrl-C to %s, and ends as it likes',
    async (to) => {
      const run = launch(await checkout(), ['wait'], { options: { detached: true } });
      await printed(run, 'waiting');
      process.kill(to === 'its process' ? run.child.pid! : -run.child.pid!, 'SIGINT');
      expect(await run.ended).toEqual({ code: 5, signal: null });
      expect(run.output().stdout.split('\n').slice(2)).toEqual(['interrupted 1', '']);
    },
  );

  test('ends with its signal', async () => {
    const run = launch(await checkout(), ['die']);
    expect(await run.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('does not outlive the process that was started', async () => {
    const run = launch(await checkout(), ['wait']);
    await printed(run, 'waiting');
    run.child.kill('SIGKILL');
    // it holds the pipe open as long as it lives
    expect(await run.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('hears messages and is heard', async () => {
    const run = launch(await checkout(), ['echo'], { options: { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] } });
    await printed(run, 'echo');
    run.child.send({ asked: 42 });
    expect(await once(run.child, 'message')).toEqual([{ asked: 42 }, undefined]);
    expect(await run.ended).toEqual({ code: 0, signal: null });
  });
});
