import path from 'node:path';
import type { Results, TaskEntry } from '@gdbench/benchmark/results';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { type Subset, writeSubset } from '../../test/support/exchanged-subset.ts';
import { newFolder } from '../../test/support/folder.ts';
import { evaluate, NAMES } from '../../test/support/toy-evaluation.ts';

const PAIR_TASKS = ['clevr', 'svo_subj', 'svo_verb', 'svo_obj', 'vg_relation', 'vg_attribution'];
/*
 * Not coco_order and flickr30k_order: their wrong captions are mostly no sentences, which a model may tell from the text
 * alone, so that no exchange of pictures need bring it to chance. Nor bias, which has no right answer.
 */
const TASKS = [
  ...PAIR_TASKS,
  'winoground',
  'flickr30k_image',
  'flickr30k_text',
  'imagecode',
  'imagecode_video',
  'pets',
];
/** Beyond so many standard deviations one score of 16,000 lies by chance; of pets, where three hits are expected, one of 1,000. */
const MOST_DEVIATIONS = 4;

/** What the checkpoints see. To stand out takes few examples; to be at chance is looked for in more. */
const SETS = {
  own: { pairs: 40, isExchanged: false },
  exchanged: { pairs: 60, isExchanged: true },
} as const satisfies Record<string, Subset>;

const scratch = newFolder();
beforeAll(async () => {
  for (const [name, subset] of Object.entries(SETS)) await writeSubset(builtinData(), path.join(scratch, name), subset);
});

const run = (name: string, set: keyof typeof SETS, tasks: readonly string[], samples: number): Promise<Results> =>
  evaluate(name, path.join(scratch, set), tasks, { samples, out: path.join(scratch, `${name}-${set}`) });

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
    const { tasks } = await run(name, 'own', PAIR_TASKS, samples);
    expect(pooledDeviation(tasks, SETS.own.pairs)).toBeGreaterThan(MOST_DEVIATIONS);
    const { metrics, intervals } = tasks.clevr!;
    for (const [subtask, share] of Object.entries(atLeast)) expect(metrics[subtask]).toBeGreaterThanOrEqual(share);
    for (const subtask of beyondChance) expect(intervals[subtask]![0]).toBeGreaterThan(0.5);
  });

  it('falls to chance with pictures that do not', async () => {
    // chance is chance with any number of samples
    const { tasks } = await run(name, 'exchanged', TASKS, 1);
    const deviations = Object.entries(tasks).flatMap(([task, entry]) => deviationsOf(task, entry));
    expect(deviations.length).toBe(24);
    const beyond = deviations.filter(({ deviation, isOneSided }) =>
      isOneSided ? deviation > MOST_DEVIATIONS : Math.abs(deviation) > MOST_DEVIATIONS,
    );
    expect(beyond).toEqual([]);
    // what one metric may hide in its few examples shows in all of them
    expect(Math.abs(pooledDeviation(tasks, SETS.exchanged.pairs))).toBeLessThan(MOST_DEVIATIONS);
  });
});

/**
 * How many standard deviations, at least, the mean of all pair tasks lies above chance. The subtasks of clevr share pictures, and so do
 * the three tasks of SVO: each of the two counts for no more than one task.
 */
function pooledDeviation(tasks: Results['tasks'], pairs: number): number {
  const own = PAIR_TASKS.map((task) => tasks[task]!.metrics.average ?? tasks[task]!.metrics.accuracy!);
  const [clevr = 0, subj = 0, verb = 0, obj = 0, relation = 0, attribution = 0] = own;
  const groups = [clevr, (subj + verb + obj) / 3, relation, attribution];
  const mean = groups.reduce((sum, value) => sum + value, 0) / groups.length;
  return (mean - 0.5) / Math.sqrt(0.25 / (groups.length * pairs));
}

/**
 * How many standard deviations of a mean of n independent answers each metric lies above chance. Examples of one metric
 * share no picture; those of clevr's subtasks do, so that their average is left out.
 */
function deviationsOf(task: string, { n, metrics, chance }: TaskEntry) {
  const names = task === 'clevr' ? CLEVR_SUBTASKS : Object.keys(metrics).filter((metric) => isMain(metric));
  const examples = task === 'clevr' ? n / CLEVR_SUBTASKS.length : n;
  return names.map((metric) => {
    const level = chance[metric]!;
    const value = metrics[metric]!;
    const deviation = (value - level) / Math.sqrt((level * (1 - level)) / examples);
    // Two texts of the same words like the same pictures, and one may be liked whatever the picture, so that fewer than
    // by chance of unequal scores are right both ways; more are not.
    return { metric: `${task}.${metric}`, value, level, deviation, isOneSided: task === 'winoground' };
  });
}

/** Not of a tag, and not the mean of groups of a few examples. */
function isMain(metric: string): boolean {
  return !metric.includes('.') && !metric.startsWith('macro');
}
