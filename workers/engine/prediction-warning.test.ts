import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CASE_IMAGES } from '../../test/support/diffusion-cases.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { newFolder, writeFiles } from '../../test/support/folder.ts';
import { openEvaluator } from './evaluate.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import { inspectCheckpoint } from './inspect.ts';

const BUILTIN = fileURLToPath(new URL('../../builtin/checkpoints', import.meta.url));
const SCHEDULER = {
  _class_name: 'DDIMScheduler',
  beta_schedule: 'scaled_linear',
  beta_start: 0.00085,
  beta_end: 0.012,
};

const scratch = newFolder();

/** Warnings of scoring a checkpoint of epsilon whose scheduler says this, and the U-Net rows that it took. */
async function scored(name: string, prediction_type: string, options: Partial<EvaluatorOptions> = {}) {
  const dir = path.join(scratch, `${name} ${prediction_type} ${JSON.stringify(options).replaceAll(/\W+/g, ' ')}`);
  await cp(path.join(BUILTIN, name), dir, { recursive: true });
  await writeFiles(dir, { 'scheduler/scheduler_config.json': { ...SCHEDULER, prediction_type } });
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  expect(inspection.report.warnings).toEqual([]);
  const lists = [{ texts: ['a red cube', 'a blue ball beside a cube'], images: CASE_IMAGES.slice(0, 3) }];
  const fixed = { samples: 10, seed: 0, batch: 8, threads: 1, device: 'cpu' } as const;
  const evaluator = await openEvaluator({ dir, report: inspection.report, ...fixed, ...options });
  try {
    await evaluator.scoreExamples(taskOfLists(scratch, lists), 0, 1);
    return { warnings: evaluator.warnings, rows: evaluator.rowsScored };
  } finally {
    await evaluator.close();
  }
}

describe('a prediction type that the weights contradict', () => {
  const warning = (stated: string) => [
    `scheduler/scheduler_config.json says prediction_type ${stated}, but the U-Net's outputs on the first images are those of epsilon: if it was trained so, write "prediction_type": "epsilon" and score it again.`,
  ];

  it.each(['v_prediction', 'sample'])('is told once, without a row more than scoring takes: %s', async (stated) => {
    const { warnings, rows } = await scored('toy-ldm', stated);
    expect(warnings).toEqual(warning(stated));
    // Two texts and the empty one, three images, ten samples.
    expect(rows).toBe(3 * 3 * 10);
  });

  it('is told once, however many sessions score it', async () => {
    expect((await scored('toy-ldm', 'v_prediction', { sessions: 2 })).warnings).toEqual(warning('v_prediction'));
  });

  it.each(['toy-ldm', 'toy-ldm-hardneg', 'toy-ldm-noneg', 'toy-ldm-nothreshold'])(
    'is not told of one that they do not contradict: %s',
    async (name) => {
      expect((await scored(name, 'epsilon')).warnings).toEqual([]);
    },
  );
});
