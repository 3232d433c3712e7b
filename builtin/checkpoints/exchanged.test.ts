import path from 'node:path';
import type { Results, TaskEntry } from '@gdbench/benchmark/results';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { type Subset, writeSubset } from '../../test/support/exchanged-subset.ts';
import { newFolder } from '../../test/support/folder.ts';
import { evaluate, NAMES } from '../../test/support/toy-evaluation.ts';

/**
 * The tasks of two candidates, together those that share pictures. Of two texts one may be known for right without a picture;
 * of two pictures not: exchanged ones are at chance whatever a model does. (Nor is anything else asked of exchanged pictures: where
 * there are lists, any may be the right one; wrong captions of coco_order and flickr30k_order are mostly no sentences, which may
 * be told without a picture; bias has no right answer.)
 */
const OF_TEXTS = [['clevr'], ['vg_relation'], ['vg_attribution']];
const OF_PAIRS = [...OF_TEXTS, ['svo_subj', 'svo_verb', 'svo_obj']];
/** Beyond so many standard deviations one score of 16,000 lies by chance. */
const MOST_DEVIATIONS = 4;

/** What the checkpoints see. To stand out takes few examples; to be at chance is looked for in more. */
const SETS = {
  own: { pairs: 40, isExchanged: false },
  exchanged: { pairs: 100, isExchanged: true },
} as const satisfies Record<string, Subset>;

const scratch = newFolder();
beforeAll(async () => {
  for (const [name, subset] of Object.entries(SETS)) await writeSubset(builtinData(), path.join(scratch, name), subset);
});

const run = (name: string, set: keyof typeof SETS, groups: string[][], samples: number): Promise<Results> =>
  evaluate(name, path.join(scratch, set), groups.flat(), { samples, out: path.join(scratch, `${name}-${set}`) });

interface Known {
  readonly samples: number;
  readonly atLeast: Record<string, number>;
  readonly beyondChance: readonly string[];
}

/** What some know besides, of scenes that no training has seen: at least this share of clevr's subtasks, and binding beyond chance. */
const KNOWN: Record<string, Known> = {
  'toy-ldm': {
    samples: 4,
    atLeast: { recognition_color: 0.9, recognition_shape: 0.85 },
    beyondChance: ['binding_color_shape', 'pair_binding_color'],
  },
  'toy-clip': { samples: 1, atLeast: { recognition_color: 0.8, recognition_shape: 0.8 }, beyondChance: [] },
};

describe.each(NAMES)('%s', (name) => {
  it('tells right from wrong with the pictures that belong to the texts', async () => {
    const { samples, atLeast, beyondChance } = KNOWN[name] ?? { samples: 2, atLeast: {}, beyondChance: [] };
    const { tasks } = await run(name, 'own', OF_PAIRS, samples);
    expect(pooledDeviation(tasks, OF_PAIRS, SETS.own.pairs)).toBeGreaterThan(MOST_DEVIATIONS);
    const { metrics, intervals } = tasks.clevr!;
    for (const [subtask, share] of Object.entries(atLeast)) expect(metrics[subtask]).toBeGreaterThanOrEqual(share);
    for (const subtask of beyondChance) expect(intervals[subtask]![0]).toBeGreaterThan(0.5);
  });

  it('falls to chance with pictures that do not', async () => {
    // chance is chance with any number of samples
    const { tasks } = await run(name, 'exchanged', OF_TEXTS, 1);
    const deviations = Object.entries(tasks).flatMap(([task, entry]) => deviationsOf(task, entry));
    expect(deviations.length).toBe(CLEVR_SUBTASKS.length + 2);
    expect(deviations.filter(({ deviation }) => Math.abs(deviation) > MOST_DEVIATIONS)).toEqual([]);
    // what one metric may hide in its few examples shows in all of them
    expect(Math.abs(pooledDeviation(tasks, OF_TEXTS, SETS.exchanged.pairs))).toBeLessThan(MOST_DEVIATIONS);
  });
});

/**
 * How many standard deviations, at least, the mean of all tasks lies above chance. The subtasks of clevr share pictures, and so do
 * the three tasks of SVO: each of the two counts for no more than one task.
 */
function pooledDeviation(tasks: Results['tasks'], groups: string[][], pairs: number): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const right = (task: string) => tasks[task]!.metrics.average ?? tasks[task]!.metrics.accuracy!;
  const pooled = mean(groups.map((group) => mean(group.map(right))));
  return (pooled - 0.5) / Math.sqrt(0.25 / (groups.length * pairs));
}

/**
 * How many standard deviations of a mean of n independent answers each metric lies above chance. Examples of one metric
 * share no picture; those of clevr's subtasks do, so that their average is left out, as are means of groups of a few examples.
 */
function deviationsOf(task: string, { n, metrics, chance }: TaskEntry) {
  const names = task === 'clevr' ? CLEVR_SUBTASKS : ['accuracy'];
  return names.map((metric) => {
    const [value, level] = [metrics[metric]!, chance[metric]!];
    const deviation = (value - level) / Math.sqrt((level * (1 - level)) / (n / names.length));
    return { metric: `${task}.${metric}`, value, level, deviation };
  });
}
