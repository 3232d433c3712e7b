import path from 'node:path';
import type { TaskData } from '@gdbench/benchmark/task';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { taskOfLists } from '../../../test/support/example-lists.ts';
import { flatSquares } from '../../../test/support/flat-images.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { TINY_DIFFUSION, type TinyDiffusion, tinyDiffusion } from '../../../test/support/tiny-checkpoints.ts';
import { type Evaluator, openEvaluator } from '../evaluate.ts';
import type { EvaluatorOptions } from '../evaluator-options.ts';
import { inspectCheckpoint } from '../inspect.ts';
import { replay } from './adaptive-replay.ts';

const scratch = newFolder();
let images: string[];
const opened: Evaluator[] = [];
beforeAll(async () => {
  images = await flatSquares(scratch, 6, 16);
});
afterAll(async () => {
  for (const evaluator of opened) await evaluator.close();
});

let folders = 0;
async function open(tiny: TinyDiffusion, options: Partial<EvaluatorOptions> = {}): Promise<Evaluator> {
  const dir = path.join(scratch, `checkpoint-${folders++}`);
  await writeFiles(dir, tinyDiffusion(tiny));
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  const pins = { batch: 4, threads: 1 };
  const evaluator = await openEvaluator({
    dir,
    report: inspection.report,
    protocol: 'diffusion-itm-adaptive',
    samples: 100,
    seed: 0,
    ...pins,
    ...options,
  });
  opened.push(evaluator);
  return evaluator;
}

const caption = (n: number) => [n, n * 3 + 1, n * 7 + 2].map((at) => String.fromCharCode(97 + (at % 26))).join(' ');

/** Every shape that is raced, more examples than a block holds, images that several of them show, and a text given twice. */
function task(more: Partial<TaskData> = {}): TaskData {
  const texts = (n: number, from: number) => Array.from({ length: n }, (_, i) => caption(from + i));
  const shown = (n: number, from: number) => Array.from({ length: n }, (_, i) => images[(from + i) % images.length]!);
  const lists: [string[], string[]][] = Array.from({ length: 12 }, (_, i) => {
    const shapes: [string[], string[]][] = [
      [texts(2, i), shown(1, i)],
      [texts(1, i), shown(4, i)],
      [texts(2, i), shown(2, i)],
      [[...texts(3, i), caption(i)], shown(1, i)],
    ];
    return shapes[i % shapes.length]!;
  });
  const named = lists.map(([texts, images]) => ({ texts, images }));
  return { ...taskOfLists(scratch, named), ...more };
}

const MANY: TinyDiffusion = TINY_DIFFUSION;
const ONE: TinyDiffusion = { ...TINY_DIFFUSION, timestep: { type: 'int64', shape: [] } };

describe('diffusion-itm-adaptive', () => {
  for (const [title, tiny] of [
    ['a timestep of its own for each row', MANY],
    ['one timestep for all of a batch', ONE],
  ] as [string, TinyDiffusion][]) {
    it(`scores as a race on the errors of the full budget does, with ${title}`, async () => {
      const [exact, adaptive] = [await open(tiny, { protocol: 'diffusion-itm' }), await open(tiny)];
      const data = task();
      const full = await exact.scoreExamples(data, 0, data.examples.length, { errors: true });
      const raced = await adaptive.scoreExamples(data, 0, data.examples.length, { errors: true });
      for (const [i, { scores, errors }] of each(raced).entries()) {
        expect(errors).toBeUndefined();
        const { cond, uncond } = full[i]!.errors!;
        const distinct = i % 4 === 3 ? cond.slice(0, 3) : cond;
        const expected = replay({ cond: distinct, uncond: uncond! }).scores;
        if (i % 4 === 3) expected.push(expected[0]!);
        for (const [text, row] of each(scores).entries()) {
          for (const [image, score] of each(row).entries()) expect(score).toBeCloseTo(expected[text]![image]!, 3);
        }
      }
      expect(adaptive.rowsScored).toBeLessThan(exact.rowsScored);
      expect(adaptive.protocol).toBe('diffusion-itm-adaptive');
      expect(adaptive.warnings).toEqual([]);
    });
  }

  it('gives the same bits wherever a range of the examples starts, when batch and threads are pinned', async () => {
    const data = task();
    const whole = await (await open(MANY)).scoreExamples(data, 0, 12);
    const parts = await open(MANY);
    const joined = [
      ...(await parts.scoreExamples(data, 7, 12)),
      ...(await parts.scoreExamples(data, 0, 3)),
      ...(await parts.scoreExamples(data, 3, 7)),
    ];
    expect(joined.sort((a, b) => a.index - b.index)).toEqual(whole);
  });

  it('says that R@5 is an estimate, where a task has it', async () => {
    const adaptive = await open(MANY, { samples: 4 });
    await adaptive.scoreExamples(task(), 0, 1);
    expect(adaptive.warnings).toEqual([]);
    await adaptive.scoreExamples(task({ task: 'flickr30k_text' }), 0, 1);
    expect(adaptive.warnings).toEqual([
      'flickr30k_text looks at the five best candidates too, and diffusion-itm-adaptive races for the best alone: its R@5 is an estimate; diffusion-itm gives it exactly.',
    ]);
  });

  it('draws bias in full, and says so', async () => {
    const data = task({ task: 'mmbias', pleasant: 1 });
    const [exact, adaptive] = [await open(MANY, { protocol: 'diffusion-itm' }), await open(MANY)];
    expect(await adaptive.scoreExamples(data, 0, 12)).toEqual(await exact.scoreExamples(data, 0, 12));
    expect(adaptive.rowsScored).toBe(exact.rowsScored);
    expect(adaptive.warnings).toEqual([
      'mmbias compares the scores of all its images: it was scored with the full budget.',
    ]);
  });
});
