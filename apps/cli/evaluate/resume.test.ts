import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../../../test/support/command.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyDiffusion } from '../../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = newFolder();
beforeAll(async () => {
  await writeFiles(path.join(scratch, 'ldm'), tinyDiffusion());
  await writeFiles(path.join(scratch, 'clip'), tinyClip());
  await writeTinyData(path.join(scratch, 'data'));
});

const SETTINGS = ['--samples', '6', '--seed', '5', '--errors', '--tasks', 'clevr,winoground'];

interface Run {
  readonly checkpoint?: string;
  readonly settings?: readonly string[];
  readonly resume?: boolean;
  /** "<signal> <n>": sent while the n-th example of this run is written. */
  readonly signal?: string;
}

function evaluate(out: string, { checkpoint = 'ldm', settings = SETTINGS, resume = false, signal }: Run = {}) {
  const words = ['evaluate', path.join(scratch, checkpoint), '--data', path.join(scratch, 'data'), ...settings];
  const preload = `--import ${path.join(import.meta.dirname, '../../../test/support/signal-at-line.mjs')}`;
  return gdbench([...words, ...(resume ? ['--resume'] : []), '--out', path.join(scratch, out)], {
    GDBENCH_BATCH: '4',
    GDBENCH_THREADS: '1',
    ...(signal ? { NODE_OPTIONS: preload, TEST_SIGNAL: signal } : {}),
  }).ended;
}

async function files(out: string): Promise<Record<string, string>> {
  const folder = path.join(scratch, out);
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const read = async (name: string) => [name, (await readFile(path.join(folder, name))).toString('latin1')];
  return Object.fromEntries(await Promise.all(names.sort().map(read)));
}

const linesOf = async (...at: string[]) => (await readFile(path.join(scratch, ...at), 'utf8')).split('\n');

test('a run that was interrupted, killed in the middle of a line and gone on with writes what an undisturbed one does, to the bit', async () => {
  const undisturbed = evaluate('undisturbed');

  const interrupted = await evaluate('broken', { signal: 'SIGINT 3' });
  expect(interrupted.code).toBe(130);
  const sentence = /^Interrupted: (\d+) of 24 examples are kept in .*broken; .* --resume goes on\.\n$/;
  const kept = Number(sentence.exec(interrupted.stderr)?.[1]);
  // the signal is heard when the line is written; examples of the same batches may end with it
  expect(kept).toBeGreaterThanOrEqual(3);
  expect(kept).toBeLessThan(21);
  expect(Object.keys(await files('broken'))).toEqual(['.partial/clevr.jsonl', '.partial/run.json']);
  expect(await linesOf('broken', '.partial/clevr.jsonl')).toHaveLength(kept + 1);

  const killed = await evaluate('broken', { resume: true, signal: `SIGKILL ${23 - kept}` });
  expect(killed.code).toBeNull();
  expect(await linesOf('broken', '.partial/clevr.jsonl')).toHaveLength(22);
  const torn = (await linesOf('broken', '.partial/winoground.jsonl')).at(-1)!;
  expect(() => JSON.parse(torn)).toThrow(SyntaxError);

  const done = await evaluate('broken', { resume: true });
  expect([done.code, done.stderr]).toEqual([0, '']);
  expect(done.stdout).not.toContain('Scoring clevr');
  expect((await undisturbed).code).toBe(0);
  expect(await files('broken')).toEqual(await files('undisturbed'));
});

test('a stop by SIGTERM is one too; a run is gone on with by the same settings alone, and begun again without --resume', async () => {
  const stopped = await evaluate('stopped', { signal: 'SIGTERM 2' });
  expect(stopped).toMatchObject({
    code: 130,
    stderr: expect.stringMatching(/^Interrupted: \d+ of 24 examples are kept/),
  });
  const before = await files('stopped');

  const others: Run[] = [
    { settings: [...SETTINGS.with(1, '7'), '--limit', '2'] },
    { checkpoint: 'clip', settings: ['--tasks', 'clevr,winoground'] },
  ];
  const [samples, checkpoint] = await Promise.all(others.map((run) => evaluate('stopped', { ...run, resume: true })));
  for (const { code, stderr } of [samples!, checkpoint!]) {
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  expect(samples!.stderr).toMatch(/differs in samples \(6, now 7\); limit \(none, now 2\): give what it had, or /);
  expect(checkpoint!.stderr).toMatch(
    /differs in checkpoint \(\w+, now \w+\); protocol \(diffusion-itm, now cosine\); /,
  );
  expect(await files('stopped')).toEqual(before);

  const anew = await evaluate('stopped', { settings: [...SETTINGS.slice(5), '--samples', '3'] });
  expect(anew.code).toBe(0);
  expect(anew.stderr).toMatch(/^An interrupted run is in .*: beginning again, as --resume was not given; .*\n/);
  expect(Object.keys(await files('stopped'))).toEqual([
    'results.json',
    'scores/clevr.jsonl',
    'scores/winoground.jsonl',
  ]);
});

test('--resume where nothing was interrupted begins from the start and says so', async () => {
  const settings = ['--tasks', 'winoground', '--limit', '1'];
  const { code, stderr } = await evaluate('nothing', { checkpoint: 'clip', settings, resume: true });
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^No interrupted run is in .*: beginning from the start\.\n$/),
  ]);
});
