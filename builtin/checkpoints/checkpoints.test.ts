import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { evaluate, FOLDER, NAMES } from '../../test/support/toy-evaluation.ts';

const MIB = 1024 * 1024;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'checkpoints-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe('the files', () => {
  it('are small: each checkpoint at most 6 MB, all at most 30 MB', async () => {
    const sizes = await Promise.all(NAMES.map(sizeOf));
    for (const [i, size] of sizes.entries()) expect(size, NAMES[i]).toBeLessThanOrEqual(6 * MIB);
    expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(30 * MIB);
  });

  it.each(NAMES)('%s has a model card with data, steps, seed, loss curve and licence', async (name) => {
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

/** On the whole of the task. */
async function evaluateClevr(name: string) {
  const { tasks } = await evaluate(name, builtinData(), ['clevr'], path.join(scratch, name));
  return tasks.clevr!;
}

describe('on scenes that no training has seen', () => {
  it('the diffusion model knows colours and shapes, and binds them beyond chance', async () => {
    const { metrics, intervals } = await evaluateClevr('toy-ldm');
    expect(metrics.recognition_color).toBeGreaterThanOrEqual(0.9);
    expect(metrics.recognition_shape).toBeGreaterThanOrEqual(0.85);
    expect(intervals.binding_color_shape![0]).toBeGreaterThan(0.5);
    expect(intervals.pair_binding_color![0]).toBeGreaterThan(0.5);
  });

  it('the dual encoder knows colours and shapes', async () => {
    const { metrics } = await evaluateClevr('toy-clip');
    expect(metrics.recognition_color).toBeGreaterThanOrEqual(0.8);
    expect(metrics.recognition_shape).toBeGreaterThanOrEqual(0.8);
  });
});
