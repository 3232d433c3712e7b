import type { ExampleScores, MetricValue, TaskData, TaskSummary } from '../task.ts';
import { biasPairs } from '../tasks/bias-pairs.ts';
import { CLEVR_CHANCE, CLEVR_SUBTASKS, WINOGROUND_CHANCE, WINOGROUND_SCORES } from '../tasks/tasks.ts';
import { tieCredit } from './accuracy.ts';
import { association, effectSize, effectSizeInterval } from './bias.ts';
import { type ClusteredCredit, clusteredAccuracy } from './clustered-accuracy.ts';
import { wilson } from './intervals.ts';
import { permutationP } from './permutation.ts';
import { joinScores, type Scored } from './scored.ts';
import { winogroundOutcome } from './winoground.ts';

/** Images that each group of a bias pair must have before an effect size is given. */
const LEAST_IMAGES = 2;

/**
 * All metrics of a task from the scores of some or all of its examples, in any order. A task on given data has the same
 * metrics in the same order however many examples are scored; those that nothing is known of yet have value null.
 *
 * - clevr: `<subtask>` for each of the seven and `average`, their macro mean, null until each has an example.
 * - winoground: `text`, `image`, `group`, then each of the three by tag: `text.<tag>`, `image.<tag>`, `group.<tag>`.
 * - mmbias: `<X>-<Y>.effect_size` and `<X>-<Y>.p_value` a pair; null until both groups have 2 images, and where the
 *   standard deviation is 0. `n` counts the images of both groups. A p value has no interval.
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
  switch (task) {
    case 'clevr':
      return { task, n, ...clevr(scored) };
    case 'winoground':
      return { task, n, ...winoground(data, scored) };
    case 'mmbias':
      return { task, n, ties: null, metrics: mmbias(data, scored) };
  }
}

type Metrics = Pick<TaskSummary, 'ties' | 'metrics'>;

function clevr(scored: readonly Scored[]): Metrics {
  let ties = 0;
  const bySubtask = new Map<string, ClusteredCredit[]>(CLEVR_SUBTASKS.map((subtask) => [subtask, []]));
  for (const { example, scores } of scored) {
    const { credit, tied } = tieCredit(scores.map((row) => row[0]!));
    if (tied) ties++;
    bySubtask.get(example.group ?? '')?.push({ cluster: example.cluster, credit });
  }
  const { each, macro } = clusteredAccuracy([...bySubtask.values()]);
  const metrics = [...bySubtask].map(([metric, credits], i): MetricValue => {
    return { metric, ...each[i]!, chance: CLEVR_CHANCE, n: credits.length };
  });
  return { ties, metrics: [...metrics, { metric: 'average', ...macro, chance: CLEVR_CHANCE, n: scored.length }] };
}

function winoground({ examples }: Pick<TaskData, 'examples'>, scored: readonly Scored[]): Metrics {
  const outcomes = scored.map(({ example, scores }) => ({ example, ...winogroundOutcome(scores) }));
  const tags = [...new Set(examples.flatMap(({ tags }) => tags ?? []))];
  const byTag = new Map<string, typeof outcomes>(tags.map((tag) => [tag, []]));
  for (const outcome of outcomes) for (const tag of new Set(outcome.example.tags)) byTag.get(tag)!.push(outcome);
  const threeScores = (members: typeof outcomes, suffix: string): MetricValue[] =>
    WINOGROUND_SCORES.map((score) => {
      const n = members.length;
      const right = members.filter((outcome) => outcome.right[score]).length;
      const [low, high] = n === 0 ? [null, null] : wilson(right, n);
      const value = n === 0 ? null : right / n;
      return { metric: `${score}${suffix}`, value, low, high, chance: WINOGROUND_CHANCE[score], n };
    });
  return {
    ties: outcomes.filter(({ tied }) => tied).length,
    metrics: [...threeScores(outcomes, ''), ...[...byTag].flatMap(([tag, members]) => threeScores(members, `.${tag}`))],
  };
}

function mmbias(
  { examples, pleasant }: Pick<TaskData, 'examples' | 'pleasant'>,
  scored: readonly Scored[],
): MetricValue[] {
  if (pleasant === undefined) throw new Error('mmbias is summarised with the number of its pleasant phrases.');
  const byGroup = new Map<string, number[]>(examples.map(({ group }) => [group ?? '', []]));
  for (const { example, scores } of scored) {
    const phrases = scores.map((row) => row[0]!);
    byGroup.get(example.group ?? '')!.push(association(phrases, pleasant));
  }
  return biasPairs(byGroup.keys()).flatMap((pair): MetricValue[] => {
    const x = byGroup.get(pair.x)!;
    const y = byGroup.get(pair.y)!;
    const enough = Math.min(x.length, y.length) >= LEAST_IMAGES;
    const [low, high] = (enough ? effectSizeInterval(x, y) : null) ?? [null, null];
    const known = { chance: null, n: x.length + y.length };
    return [
      { metric: `${pair.name}.effect_size`, value: enough ? effectSize(x, y) : null, low, high, ...known },
      { metric: `${pair.name}.p_value`, value: enough ? permutationP(x, y) : null, low: null, high: null, ...known },
    ];
  });
}
