import type { Example, TaskData } from '../task.ts';
import { publishedGroups } from '../tasks/published-groups.ts';
import { CLEVR_SUBTASKS, WINOGROUND_CHANCE, WINOGROUND_SCORES } from '../tasks/tasks.ts';
import { recallCredit, tieCredit } from './accuracy.ts';
import { clusteredAccuracy, type Estimate, independentAccuracy } from './clustered-accuracy.ts';
import type { Scored } from './scored.ts';
import { mean, type Strata } from './strata.ts';
import { winogroundOutcome } from './winoground.ts';

type Scores = Scored['scores'];

/** A metric that is a mean of the credits of examples, or a macro mean of the means of groups of them. */
export interface AccuracyMetric {
  readonly metric: string;
  /** The groups; one: a plain mean. */
  readonly strata: readonly (readonly Example[])[];
  /** 0..1 */
  credit(example: Example, scores: Scores): number;
  /** What a model that knows nothing gets of one example, 0..1. */
  chance(example: Example): number;
}

/**
 * The accuracies of a task on its data, in the order of a summary: `<subtask>` and `average` (clevr), `text`, `image`,
 * `group` and each by tag (winoground), `r1` and `r5` (flickr30k_image, flickr30k_text, imagecode, imagecode_video),
 * `accuracy`, `macro` and, where the data have groups of the published list, `macro_published` (vg_relation, vg_attribution),
 * `accuracy` (the others); none for bias.
 */
export function accuracyMetrics({ task, examples }: Pick<TaskData, 'task' | 'examples'>): AccuracyMetric[] {
  const all = { strata: [examples] };
  switch (task) {
    case 'clevr':
      return clevr(examples);
    case 'winoground':
      return winoground(examples);
    case 'flickr30k_image':
    case 'flickr30k_text':
    case 'imagecode':
    case 'imagecode_video':
      return [
        { metric: 'r1', ...all, ...BEST },
        { metric: 'r5', ...all, ...recall(5) },
      ];
    case 'vg_relation':
    case 'vg_attribution':
      return visualGenome(task, examples);
    case 'svo_verb':
    case 'svo_subj':
    case 'svo_obj':
    case 'coco_order':
    case 'flickr30k_order':
    case 'pets':
      return [{ metric: 'accuracy', ...all, ...BEST }];
    case 'mmbias':
    case 'genderbias':
      return [];
  }
}

/** The one right among the candidates. */
const BEST = {
  credit: (example: Example, scores: Scores) => tieCredit(candidates(scores), example.right).credit,
  chance: (example: Example) => 1 / candidateCount(example),
};

/** The right one among the `k` best candidates. */
function recall(k: number): Pick<AccuracyMetric, 'credit' | 'chance'> {
  return {
    credit: (example, scores) => recallCredit(candidates(scores), example.right ?? 0, k),
    chance: (example) => Math.min(1, k / candidateCount(example)),
  };
}

/** The scores of the texts of one image, or of the images of one text. */
export function candidates(scores: Scores): readonly number[] {
  return scores.length === 1 ? scores[0]! : scores.map((row) => row[0]!);
}

function candidateCount({ texts, images }: Example): number {
  return Math.max(texts.length, images.length);
}

function clevr(examples: readonly Example[]): AccuracyMetric[] {
  const groups = byGroup(examples);
  const strata = CLEVR_SUBTASKS.map((subtask) => groups.get(subtask) ?? []);
  const each = CLEVR_SUBTASKS.map((metric, i) => ({ metric, strata: [strata[i]!], ...BEST }));
  return [...each, { metric: 'average', strata, ...BEST }];
}

function winoground(examples: readonly Example[]): AccuracyMetric[] {
  const tags = [...new Set(examples.flatMap(({ tags }) => tags ?? []))];
  const three = (members: readonly Example[], suffix: string) =>
    WINOGROUND_SCORES.map((score) => ({
      metric: `${score}${suffix}`,
      strata: [members],
      credit: (_: Example, scores: Scores) => (winogroundOutcome(scores).right[score] ? 1 : 0),
      chance: () => WINOGROUND_CHANCE[score],
    }));
  const ofTag = (tag: string) => examples.filter(({ tags }) => tags?.includes(tag));
  return [...three(examples, ''), ...tags.flatMap((tag) => three(ofTag(tag), `.${tag}`))];
}

function visualGenome(task: 'vg_relation' | 'vg_attribution', examples: readonly Example[]): AccuracyMetric[] {
  const groups = byGroup(examples);
  const published = publishedGroups(task, new Map([...groups].map(([group, members]) => [group, members.length])));
  return [
    { metric: 'accuracy', strata: [examples], ...BEST },
    { metric: 'macro', strata: [...groups.values()], ...BEST },
    ...(published.length > 0
      ? [{ metric: 'macro_published', strata: published.map((group) => groups.get(group)!), ...BEST }]
      : []),
  ];
}

function byGroup(examples: readonly Example[]): Map<string, Example[]> {
  const groups = new Map<string, Example[]>();
  for (const example of examples) {
    const members = groups.get(example.group ?? '');
    if (members) members.push(example);
    else groups.set(example.group ?? '', [example]);
  }
  return groups;
}

/** Scores by the index of their example. */
export type ScoresByIndex = ReadonlyMap<number, Scores>;

/** The credits of the examples that have scores. */
export function creditStrata({ strata, credit }: AccuracyMetric, scores: ScoresByIndex): Strata {
  return strata.map((members) =>
    members.flatMap((example) => {
      const own = scores.get(example.index);
      return own ? [{ cluster: example.cluster, value: credit(example, own) }] : [];
    }),
  );
}

/** No two examples behind the metric share a cluster, and each counts the same. */
export function isIndependent({ strata }: Pick<AccuracyMetric, 'strata'>): boolean {
  const examples = strata.flat();
  return strata.length === 1 && new Set(examples.map(({ cluster }) => cluster)).size === examples.length;
}

/** Wilson's interval where the data's examples are independent, else the bootstrap over clusters. */
export function estimate(metric: AccuracyMetric, credits: Strata): Estimate {
  return isIndependent(metric)
    ? independentAccuracy(credits.flat().map(({ value }) => value))
    : clusteredAccuracy(credits);
}

/** The level of a model that knows nothing, as the metric averages it; null without examples. */
export function chanceOf({ strata, chance }: AccuracyMetric): number | null {
  const level = mean(strata.map((members) => mean(members.map(chance))));
  return Number.isNaN(level) ? null : level;
}
