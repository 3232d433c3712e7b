import type { ExampleScores, MetricValue, TaskData, TaskSummary } from '../task.ts';
import { type BiasPair, biasPairs, GENDER_PAIRS } from '../tasks/bias-pairs.ts';
import { TASKS } from '../tasks/tasks.ts';
import { tieCredit } from './accuracy.ts';
import { accuracyMetrics, candidates, chanceOf, creditStrata, estimate } from './accuracy-metrics.ts';
import { association, effectSize, effectSizeInterval } from './bias.ts';
import { permutationP } from './permutation.ts';
import { joinScores, type Scored } from './scored.ts';
import { winogroundOutcome } from './winoground.ts';

/** Images that each group of a bias pair must have before an interval is given: one alone tells of no spread. */
const LEAST_IMAGES = 2;

/**
 * All metrics of a task from the scores of some or all of its examples, in any order. A task on given data has the same
 * metrics in the same order however many examples are scored; those that nothing is known of yet have value null.
 *
 * - clevr: `<subtask>` for each of the seven and `average`, their macro mean, null until each has an example.
 * - winoground: `text`, `image`, `group`, then each of the three by tag: `text.<tag>`, `image.<tag>`, `group.<tag>`.
 * - flickr30k_image, flickr30k_text, imagecode, imagecode_video: `r1`, `r5`.
 * - vg_relation, vg_attribution: `accuracy`, and `macro` over the groups, null until each has an example; `macro_published`, the
 *   same over the groups of ARO's published figure (`publishedGroups`), where the data have such.
 * - svo_verb, svo_subj, svo_obj, coco_order, flickr30k_order, pets: `accuracy`.
 * - mmbias: `<X>-<Y>.effect_size` and `<X>-<Y>.p_value` a pair; genderbias: the same for `clothes`, `bags` and `drinks`;
 *   null until both groups have an image, and where the standard deviation is 0. `n` counts the images of both groups. The
 *   interval is null until both have 2 images. A p value has no interval.
 *
 * Throws ScoreError for scores that are not finite, have a wrong shape, come twice or belong to no example.
 */
export function summarise(
  data: Pick<TaskData, 'task' | 'examples' | 'pleasant'>,
  scores: readonly ExampleScores[],
): TaskSummary {
  const scored = joinScores(data, scores);
  const { task } = data;
  const n = scored.length;
  if (TASKS[task].kind === 'bias') return { task, n, ties: null, metrics: biases(data, scored) };
  return { task, n, ties: scored.filter(isTied).length, metrics: accuracies(data, scored) };
}

/** The right candidate shares the maximum; winoground: one of the four comparisons is between equals. */
function isTied({ example, scores }: Scored): boolean {
  const isMatrix = example.texts.length > 1 && example.images.length > 1;
  return isMatrix ? winogroundOutcome(scores).tied : tieCredit(candidates(scores), example.right).tied;
}

function accuracies(data: Pick<TaskData, 'task' | 'examples'>, scored: readonly Scored[]): MetricValue[] {
  const byIndex = new Map(scored.map(({ example, scores }) => [example.index, scores]));
  return accuracyMetrics(data).map((metric) => {
    const credits = creditStrata(metric, byIndex);
    const n = credits.reduce((sum, stratum) => sum + stratum.length, 0);
    return { metric: metric.metric, ...estimate(metric, credits), chance: chanceOf(metric), n };
  });
}

function biases(
  { task, examples, pleasant }: Pick<TaskData, 'task' | 'examples' | 'pleasant'>,
  scored: readonly Scored[],
): MetricValue[] {
  if (pleasant === undefined) throw new Error(`${task} is summarised with the number of its pleasant phrases.`);
  const byGroup = new Map<string, number[]>(examples.map(({ group }) => [group ?? '', []]));
  for (const { example, scores } of scored) {
    const phrases = scores.map((row) => row[0]!);
    byGroup.get(example.group ?? '')!.push(association(phrases, pleasant));
  }
  const pairs = task === 'mmbias' ? biasPairs(byGroup.keys()) : GENDER_PAIRS;
  return pairs.flatMap((pair): MetricValue[] => biasOf(pair, byGroup.get(pair.x) ?? [], byGroup.get(pair.y) ?? []));
}

function biasOf({ name }: BiasPair, x: readonly number[], y: readonly number[]): MetricValue[] {
  const isSpread = Math.min(x.length, y.length) >= LEAST_IMAGES;
  const [low, high] = (isSpread ? effectSizeInterval(x, y) : null) ?? [null, null];
  const known = { chance: null, n: x.length + y.length, sizes: [x.length, y.length] as const };
  return [
    { metric: `${name}.effect_size`, value: effectSize(x, y), low, high, ...known },
    { metric: `${name}.p_value`, value: permutationP(x, y), low: null, high: null, ...known },
  ];
}
