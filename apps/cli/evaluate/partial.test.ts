import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Example, TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import { recover, scoreLines } from '../results/scores-file.ts';
import { openPartial, type RunSettings } from './partial.ts';

const examples = Array.from({ length: 4 }, (_, index): Example => {
  return { index, id: `é ${index}`, texts: ['a', 'b'], images: [{ path: 'i' }], cluster: String(index) };
});
const data: TaskData = { task: 'clevr', root: '/', dataVersion: '00', examples };
const line = (index: number) => ({ example: `é ${index}`, scores: [[index], [0.1 * index]] });
const text = (index: number) => `${JSON.stringify(line(index))}\n`;

const SETTINGS: RunSettings = {
  checkpointSha256: 'a'.repeat(64),
  protocol: 'diffusion-itm',
  samples: 10,
  seed: 0,
  limit: null,
  errors: 'none',
  codeVersion: '1',
  data: { clevr: '00' },
};
const PINS = { batch: 4, threads: 1 };

const silent = () => {};

/** A partial run of the first `n` examples. */
async function interrupted(n: number): Promise<string> {
  const out = newFolder();
  const partial = await openPartial(out, SETTINGS, [data], false, silent);
  await partial.begin(PINS);
  const draft = partial.open(data);
  for (let i = 0; i < n; i++) draft.append(line(i));
  draft.close();
  return out;
}

test('a draft that ends at any byte is cut behind its last whole line', async () => {
  const whole = Buffer.from([0, 1, 2, 3].map(text).join(''));
  const ends = [0, 1, 2, 3].map(
    (n) =>
      Buffer.from(
        [0, 1, 2, 3]
          .slice(0, n + 1)
          .map(text)
          .join(''),
      ).length,
  );
  const file = path.join(newFolder(), 'torn.jsonl');
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
      await writeFile(file, whole.subarray(0, length));
      const kept = await recover(file, examples);
      const n = ends.filter((end) => end <= length).length;
      expect(kept).toEqual([0, 1, 2, 3].slice(0, n).map((index) => ({ index, ...line(index) })));
      expect(await readFile(file)).toEqual(whole.subarray(0, n === 0 ? 0 : ends[n - 1]));
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['another example in the place', JSON.stringify(line(3))],
  ['scores of another shape', JSON.stringify({ ...line(1), scores: [[1, 2]] })],
  ['no JSON', '{"example": '],
  ['JSON that is no line', 'null'],
])('%s ends what is taken up', async (_what, wrong) => {
  const file = path.join(newFolder(), 'wrong.jsonl');
  await writeFile(file, `${text(0)}${wrong}\n${text(2)}`);
  expect(await recover(file, examples)).toHaveLength(1);
  expect(await readFile(file, 'utf8')).toBe(text(0));
});

test('lines longer than a piece of the file are read whole', async () => {
  const file = path.join(newFolder(), 'long.jsonl');
  const lines = [0, 1, 2].map((n) => ({ example: `${n}`, scores: [Array.from({ length: 50_000 }, (_, i) => i / 7)] }));
  await writeFile(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const read: unknown[] = [];
  for await (const one of scoreLines(file)) read.push(one);
  expect(read).toEqual(lines);
});

test.each<[string, Partial<RunSettings>, RegExp]>([
  ['checkpoint', { checkpointSha256: 'b'.repeat(64) }, /differs in checkpoint \(aaaaaaaaaaaa, now bbbbbbbbbbbb\): /],
  [
    'protocol',
    { protocol: 'diffusion-classifier' },
    /differs in protocol \(diffusion-itm, now diffusion-classifier\): /,
  ],
  ['samples', { samples: 11 }, /differs in samples \(10, now 11\): /],
  ['seed', { seed: 1 }, /differs in seed \(0, now 1\): /],
  ['limit', { limit: 3 }, /differs in limit \(none, now 3\): /],
  ['errors', { errors: 'needed' }, /differs in errors \(none, now needed\): /],
  ['code', { codeVersion: '2' }, /differs in version of gdbench \(1, now 2\): /],
  ['data', { data: { clevr: '01' } }, /differs in data of clevr \(00, now 01\): /],
  ['tasks', { data: { clevr: '00', winoground: '00' } }, /differs in tasks \(clevr, now clevr, winoground\): /],
])('a run with another %s is not gone on with', async (_what, other, sentence) => {
  const out = await interrupted(2);
  await expect(openPartial(out, { ...SETTINGS, ...other }, [data], true, silent)).rejects.toThrow(sentence);
});

test('a run that is gone on with knows its scores and its pins', async () => {
  const partial = await openPartial(await interrupted(2), SETTINGS, [data], true, silent);
  expect([partial.written(), partial.pins]).toEqual([2, PINS]);
  partial.settle({ ...PINS, sessions: 2 });
  const again = await openPartial(partial.file(data).replace(/\.partial.*/, ''), SETTINGS, [data], true, silent);
  expect(again.pins).toEqual({ ...PINS, sessions: 2 });
  expect(partial.scored(data)).toEqual([0, 1].map((index) => ({ index, ...line(index) })));
});

test('a new run that ends before its first example leaves the interrupted one as it was', async () => {
  const out = await interrupted(3);
  const said: string[] = [];
  const partial = await openPartial(out, { ...SETTINGS, seed: 9 }, [data], false, (sentence) => said.push(sentence));
  expect(said).toEqual([expect.stringContaining('beginning again, as --resume was not given')]);
  await partial.begin(PINS);
  await partial.abandon();
  expect((await openPartial(out, SETTINGS, [data], true, silent)).written()).toBe(3);
});

test('what is left without a header counts for nothing', async () => {
  const out = newFolder();
  await mkdir(path.join(out, '.partial'), { recursive: true });
  await writeFile(path.join(out, '.partial/clevr.jsonl'), text(0));
  const partial = await openPartial(out, SETTINGS, [data], true, silent);
  expect(partial.written()).toBe(0);
  await partial.begin(PINS);
  expect(await readdir(path.join(out, '.partial'))).toEqual(['run.json']);
});
