import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { flatSquares } from '../../test/support/flat-images.ts';
import { newFolder, writeFiles } from '../../test/support/folder.ts';
import { onnxModel } from '../../test/support/onnx-writer.ts';
import { TINY_DIFFUSION, type TinyDiffusion, tinyDiffusion, tinyUnet } from '../../test/support/tiny-checkpoints.ts';
import { type Evaluator, openEvaluator, type ScoredExample } from './evaluate.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import { inspectCheckpoint } from './inspect.ts';
import { reduceErrors } from './protocols/reduce.ts';

const SAMPLES = 4;
const IMAGES = 12;

const scratch = newFolder();
/** As the built-in checkpoint's: one timestep a batch. And one whose rows have timesteps of their own. */
const FORMS = { 'one timestep': { timestep: { type: 'int64', shape: [1] } }, 'a timestep a row': {} } as const;
type Form = keyof typeof FORMS;
const reports = new Map<Form, InspectionReport>();
let images: string[];
const opened: Evaluator[] = [];

beforeAll(async () => {
  for (const [form, change] of Object.entries(FORMS)) {
    const tiny: TinyDiffusion = { ...TINY_DIFFUSION, ...change };
    await writeFiles(path.join(scratch, form), tinyDiffusion(tiny));
    const inspection = await inspectCheckpoint(path.join(scratch, form));
    if (!inspection.ok) throw new Error(inspection.reason);
    reports.set(form as Form, inspection.report);
  }
  images = await flatSquares(scratch, IMAGES, 6);
});
afterAll(async () => {
  for (const evaluator of opened) await evaluator.close();
});

async function open(form: Form, options: Partial<EvaluatorOptions> = {}): Promise<Evaluator> {
  const evaluator = await openEvaluator({
    dir: path.join(scratch, form),
    report: reports.get(form)!,
    samples: SAMPLES,
    seed: 0,
    device: 'cpu',
    ...options,
  });
  opened.push(evaluator);
  return evaluator;
}

interface Lists {
  readonly texts: readonly string[];
  readonly images: readonly number[];
}

const taskOf = (lists: readonly Lists[]) =>
  taskOfLists(
    scratch,
    lists.map((list) => ({ texts: list.texts, images: list.images.map((image) => images[image]!) })),
  );

const word = (n: number) => 'abcdefghijklmnopqrstuvwxyz'[n % 26]!.repeat(1 + Math.floor(n / 26));
const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => word(from + i));
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => (from + i) % IMAGES);
const times = (count: number, of: (n: number) => Lists) => Array.from({ length: count }, (_, n) => of(n));

/** The tasks' shapes, small: what examples share is what matters. */
const SHAPES: Record<string, Lists[]> = {
  'winoground: two texts by two images of its own': times(5, (n) => ({
    texts: words(2 * n, 2),
    images: numbers(2 * n, 2),
  })),
  'clevr: two texts for an image that others share': times(11, (n) => ({
    texts: words(n % 4, 2),
    images: [n % 5],
  })),
  'flickr30k_image: a text for ten images that others share': times(3, (n) => ({
    texts: [word(n)],
    images: numbers(2 * n, 10),
  })),
  'flickr30k_text: ten texts that others share for an image': times(3, (n) => ({
    texts: words(3 * n, 10),
    images: [n],
  })),
  'pets: the same 37 texts for every image': times(3, (n) => ({ texts: words(0, 37), images: [n] })),
  'repetition: equal texts and equal images within an example': times(2, (n) => ({
    texts: ['a', 'b', 'a'],
    images: [n, n + 1, n],
  })),
};

/** The fewest rows that will do. */
function fewest(lists: readonly Lists[], needs: { uncond: boolean; gray: boolean }) {
  const shown = new Set(lists.flatMap((list) => list.images)).size;
  const said = new Set(lists.flatMap(({ texts }) => texts)).size;
  const pairs = lists.reduce((sum, list) => sum + new Set(list.texts).size * new Set(list.images).size, 0);
  return {
    'unet/model.onnx': SAMPLES * (pairs + (needs.uncond ? shown : 0) + (needs.gray ? said : 0)),
    'vae_encoder/model.onnx': shown,
    'text_encoder/model.onnx': said,
  };
}

/**
 * Rows while ranges are scored: opening a checkpoint, and timing a row of its graph, come before. Where nothing is pinned, a slow
 * machine may try out how to run the U-Net meanwhile: then its rows are those that were asked for, not those of its sessions.
 */
async function rowsOf(
  evaluator: Evaluator,
  data: TaskData,
  ranges: readonly (readonly [number, number])[],
  isPinned: boolean,
) {
  await evaluator.scoreExamples(data, 0, 0);
  const before = { ...evaluator.counts };
  const scored = evaluator.rowsScored;
  for (const [from, to] of ranges) await evaluator.scoreExamples(data, from, to);
  const after = Object.entries(evaluator.counts);
  const rows = Object.fromEntries(after.map(([file, { rows }]) => [file, rows - (before[file]?.rows ?? 0)]));
  return isPinned ? rows : { ...rows, 'unet/model.onnx': evaluator.rowsScored - scored };
}

const PROTOCOLS = [
  ['diffusion-itm', { uncond: true, gray: false }],
  ['diffusion-itm-gray', { uncond: false, gray: true }],
  ['diffusion-classifier', { uncond: false, gray: false }],
] as const;

describe.each(Object.keys(FORMS) as Form[])('work with %s', (form) => {
  it.each(Object.entries(SHAPES))('is the fewest rows that will do: %s', async (_, lists) => {
    const data = taskOf(lists);
    const n = lists.length;
    const middle = Math.floor(n / 2);
    for (const [protocol, needs] of PROTOCOLS) {
      for (const pins of [{ batch: 5, threads: 1 }, {}]) {
        const evaluator = await open(form, { protocol, ...pins });
        expect(await rowsOf(evaluator, data, [[0, n]], 'batch' in pins)).toEqual(fewest(lists, needs));
      }
      // Nor is anything run twice when the range is cut.
      const cut = await open(form, { protocol });
      const parts = [
        [0, middle],
        [middle, n],
      ] as const;
      expect(await rowsOf(cut, data, parts, false)).toEqual(fewest(lists, needs));
    }
  });
});

const MIXED = times(10, (n) => ({
  texts: words(n, 1 + (n % 3)),
  images: numbers(3 * n, 1 + ((n * 2) % 4)),
}));

async function whole(form: Form, options: Partial<EvaluatorOptions>): Promise<ScoredExample[]> {
  const evaluator = await open(form, { keep: ['uncond', 'gray'], ...options });
  return evaluator.scoreExamples(taskOf(MIXED), 0, MIXED.length, { errors: true });
}

describe.each(Object.keys(FORMS) as Form[])('scores with %s', (form) => {
  it('are equal to the bit for one worker and three that take shards by turns, with batch and threads pinned', async () => {
    const pins = { batch: 5, threads: 1, keep: ['uncond', 'gray'] } as const;
    const want = await whole(form, pins);
    const workers = [await open(form, pins), await open(form, pins), await open(form, { ...pins, sessions: 2 })];
    const data = taskOf(MIXED);
    const bound = fc.integer({ min: 1, max: MIXED.length - 1 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(bound), fc.infiniteStream(fc.nat({ max: 2 })), async (cuts, who) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), MIXED.length];
        const shards = bounds.slice(1).map((to, i) => [bounds[i]!, to] as const);
        for (const [from, to] of shards) {
          const worker = workers[who.next().value!]!;
          expect(await worker.scoreExamples(data, from, to, { errors: true })).toEqual(want.slice(from, to));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('differ by no more than noise for other batches, sessions and choices', async () => {
    const want = await whole(form, { batch: 1, threads: 1 });
    const { channels, side } = TINY_DIFFUSION;
    const norm = Math.sqrt(channels * side * side);
    for (const options of [{ batch: 7, threads: 1 }, { batch: 32, threads: 2 }, { batch: 3, sessions: 2 }, {}]) {
      const have = await whole(form, options);
      for (const [n, { scores }] of each(want).entries()) {
        for (const [text, row] of each(scores).entries()) {
          for (const [image, score] of each(row).entries()) {
            const off = Math.abs(have[n]!.scores[text]![image]! - score);
            expect(off).toBeLessThanOrEqual(1e-4 * Math.abs(score) + 2e-5 * norm);
          }
        }
      }
    }
  });

  it('of every protocol come from the errors of one pass', async () => {
    const elements = TINY_DIFFUSION.channels * TINY_DIFFUSION.side ** 2;
    const pins = { batch: 5, threads: 1 };
    const kept = await whole(form, pins);
    for (const protocol of [
      'diffusion-itm',
      'diffusion-classifier',
      'diffusion-itm-unnormalized',
      'diffusion-itm-gray',
    ] as const) {
      const evaluator = await open(form, { ...pins, protocol });
      const direct = await evaluator.scoreExamples(taskOf(MIXED), 0, MIXED.length, { errors: true });
      expect(direct.map(({ scores }) => scores)).toEqual(
        kept.map(({ errors }) => reduceErrors(protocol, errors!, elements)),
      );
    }
  });
});

describe('a graph that gives NaN', () => {
  it.each([{}, { sessions: 1 }])('is told in a sentence, from whichever thread (%o)', async (options) => {
    const dir = path.join(scratch, `nan ${Object.keys(options).length}`);
    await writeFiles(dir, tinyDiffusion());
    const spec = tinyUnet(TINY_DIFFUSION);
    const weights = spec.weights.map((one) => (one.name === 'b' ? { ...one, data: Float32Array.of(Number.NaN) } : one));
    await writeFile(path.join(dir, 'unet/model.onnx'), onnxModel({ ...spec, weights }));
    const evaluator = await openEvaluator({
      dir,
      report: reports.get('a timestep a row')!,
      samples: SAMPLES,
      seed: 0,
      device: 'cpu',
      batch: 4,
      threads: 1,
      ...options,
    });
    opened.push(evaluator);
    await expect(evaluator.scoreExamples(taskOf(MIXED), 0, 2)).rejects.toThrow(
      'unet/model.onnx gives values that are not finite (NaN or infinite), where a finite number everywhere is expected; check its weights, or export it in float32: `optimum-cli export onnx --model MODEL OUT/`.',
    );
  });
});
