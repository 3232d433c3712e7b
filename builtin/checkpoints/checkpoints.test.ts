import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { gdbench } from '../../test/support/command.ts';
import { writeFiles } from '../../test/support/tiny-checkpoints.ts';

const FOLDER = import.meta.dirname;
const MIB = 1024 * 1024;
/** Few samples: enough for what is tested, and quick. */
const SAMPLES = 10;
/** Images of the clevr subset and rows of the others: a pooled accuracy is then known within some points. */
const SUBSET = 150;
const PAIR_TASKS = ['clevr', 'svo_subj', 'svo_verb', 'svo_obj', 'vg_relation', 'vg_attribution'];

type Task = { n: number; metrics: Record<string, number | null>; intervals: Record<string, [number, number]> };
type Results = { tasks: Record<string, Task> };

const names = (await readdir(FOLDER)).filter((name) => name.startsWith('toy-'));

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'checkpoints-'));
});
afterAll(() => rm(scratch, { recursive: true }));

async function evaluate(name: string, data: string, tasks: readonly string[]): Promise<Results> {
  const out = path.join(scratch, `${name}-${path.basename(data)}-${tasks.length}`);
  const args = ['--data', data, '--tasks', tasks.join(','), '--samples', `${SAMPLES}`, '--out', out];
  const ended = await gdbench(['evaluate', path.join(FOLDER, name), ...args], { GDBENCH_HOME: scratch }).ended;
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8')) as Results;
}

describe('the files', () => {
  it('are small: each checkpoint at most 6 MB, all at most 30 MB', async () => {
    const sizes = await Promise.all(names.map(sizeOf));
    for (const [i, size] of sizes.entries()) expect(size, names[i]).toBeLessThanOrEqual(6 * MIB);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(30 * MIB);
  });

  it.each(names)('%s has a model card with data, steps, seed, loss curve and licence', async (name) => {
    const card = await readFile(path.join(FOLDER, name, 'README.md'), 'utf8');
    for (const word of ['Data:', 'Steps:', 'Seed:', '| step |', 'Licence: Apache-2.0', '## Measured']) {
      expect(card).toContain(word);
    }
  });
});

async function sizeOf(name: string): Promise<number> {
  const entries = await readdir(path.join(FOLDER, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => stat(path.join(e.parentPath, e.name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

describe('on scenes that no training has seen', () => {
  it('the diffusion model knows colours and shapes, and binds them beyond chance', async () => {
    const { metrics, intervals } = (await evaluate('toy-ldm', builtinData(), ['clevr'])).tasks.clevr!;
    expect(metrics.recognition_color).toBeGreaterThanOrEqual(0.9);
    expect(metrics.recognition_shape).toBeGreaterThanOrEqual(0.85);
    expect(intervals.binding_color_shape![0]).toBeGreaterThan(0.5);
    expect(intervals.pair_binding_color![0]).toBeGreaterThan(0.5);
  });

  it('the dual encoder knows colours and shapes', async () => {
    const { metrics } = (await evaluate('toy-clip', builtinData(), ['clevr'])).tasks.clevr!;
    expect(metrics.recognition_color).toBeGreaterThanOrEqual(0.8);
    expect(metrics.recognition_shape).toBeGreaterThanOrEqual(0.8);
  });
});

describe('with captions shuffled among images', () => {
  let straight: string;
  let shuffled: string;
  beforeAll(async () => {
    [straight, shuffled] = [path.join(scratch, 'straight'), path.join(scratch, 'shuffled')];
    await writeSubset(builtinData(), straight, 0);
    await writeSubset(builtinData(), shuffled, 7);
  });

  it.each(names)('%s falls to chance', async (name) => {
    expect(pooled(await evaluate(name, straight, PAIR_TASKS))).toBeGreaterThan(0.6);
    // 1,950 examples on 1,200 images: 0.06 is more than three standard deviations.
    expect(Math.abs(pooled(await evaluate(name, shuffled, PAIR_TASKS)) - 0.5)).toBeLessThan(0.06);
  });
});

/** Accuracy over all examples of the pair tasks. */
function pooled({ tasks }: Results): number {
  const parts = Object.values(tasks).map(({ n, metrics }) => ({
    n,
    right: n * (metrics.accuracy ?? metrics.average)!,
  }));
  return parts.reduce((sum, { right }) => sum + right, 0) / parts.reduce((sum, { n }) => sum + n, 0);
}

/** The first rows of the pair tasks, each with the image of the row `shift` further on. */
async function writeSubset(data: string, root: string, shift: number): Promise<void> {
  const moved = <T>(items: readonly T[], i: number): T => items[(i + shift) % items.length]!;
  const read = async <T>(file: string): Promise<T> => JSON.parse(await readFile(path.join(data, file), 'utf8')) as T;
  const files: Record<string, object> = {};
  for (const file of await readdir(path.join(data, 'clevr/captions'))) {
    const rows = Object.entries(await read<Record<string, string[][]>>(`clevr/captions/${file}`)).slice(0, SUBSET);
    const images = rows.map(([image]) => image);
    files[`clevr/captions/${file}`] = Object.fromEntries(rows.map(([, pairs], i) => [moved(images, i), pairs]));
  }
  const svo = await read<Record<string, unknown>[]>('svo/svo.json');
  const parts = ['subj', 'verb', 'obj'].map((part) => svo.filter((row) => row.neg_type === part).slice(0, SUBSET));
  files['svo/svo.json'] = parts.flatMap((rows) =>
    rows.map((row, i) => ({ ...row, pos_id: moved(rows, i).pos_id, neg_id: moved(rows, i).neg_id })),
  );
  for (const task of ['relation', 'attribution']) {
    const file = `vg_${task}/visual_genome_${task}.json`;
    const rows = (await read<Record<string, unknown>[]>(file)).slice(0, SUBSET);
    const placeOf = (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).filter(([key]) => key === 'image_path' || key.startsWith('bbox')));
    files[file] = rows.map((row, i) => ({ ...row, ...placeOf(moved(rows, i)) }));
  }
  await writeFiles(root, files);
  for (const folder of ['clevr/images', 'svo/images', 'vg_relation/images', 'vg_attribution/images']) {
    await cp(path.join(data, folder), path.join(root, folder), { recursive: true });
  }
}
