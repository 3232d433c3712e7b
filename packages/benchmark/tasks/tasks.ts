import type { TaskDefinition, TaskName } from '../task.ts';

/** CLEVR's subtasks in the order in which the paper's table 6, and so every list of this project, names them. */
export const CLEVR_SUBTASKS = [
  'pair_binding_size',
  'pair_binding_color',
  'binding_shape_color',
  'binding_color_shape',
  'recognition_color',
  'recognition_shape',
  'spatial',
] as const;
export type ClevrSubtask = (typeof CLEVR_SUBTASKS)[number];

export const WINOGROUND_SCORES = ['text', 'image', 'group'] as const;
export type WinogroundScore = (typeof WINOGROUND_SCORES)[number];

/**
 * Level of a model whose scores are random and never equal. Two comparisons of a text (image) score: 1/4. Of the 24
 * orders of four scores, 4 put both right pairs above both wrong ones: 1/6.
 */
export const WINOGROUND_CHANCE: Record<WinogroundScore, number> = { text: 1 / 4, image: 1 / 4, group: 1 / 6 };
/** Two texts, one image. */
export const CLEVR_CHANCE = 1 / 2;

/** `<task>.<metric>` by which the board is ranked. */
export const RANKING_METRIC = 'clevr.average';

/** The paper's caution. Shown wherever a bias score is. */
export const BIAS_CAUTION = 'A large effect size is evidence of bias; a small one is not evidence of fairness.';

export const TASKS: Record<TaskName, TaskDefinition> = {
  clevr: {
    name: 'clevr',
    title: 'CLEVR',
    capability: 'Binding',
    question: 'Which of two captions that differ in one detail describes this scene of simple solids?',
    formula:
      'An example is right when s(image, right caption) > s(image, wrong caption); a tie counts 1/2. Average is the macro mean of the seven subtasks.',
    kind: 'accuracy',
    interval: 'bootstrap-by-image',
  },
  winoground: {
    name: 'winoground',
    title: 'Winoground',
    capability: 'Composition',
    question: 'Which of two captions made of the same words belongs to which of two images?',
    formula:
      'Text: each image prefers its own caption. Image: each caption prefers its own image. Group: both. Comparisons are strict, a tie fails.',
    kind: 'accuracy',
    interval: 'wilson',
  },
  mmbias: {
    name: 'mmbias',
    title: 'MMBias',
    capability: 'Bias',
    question: 'Do images of one group go with pleasant phrases more than images of another group?',
    formula:
      'd = (mean of phi over X − mean of phi over Y) / standard deviation of phi over X ∪ Y, where phi(x) = mean s(x, pleasant) − mean s(x, unpleasant). Above 0: pleasant goes with X. p by a two-sided permutation test.',
    kind: 'bias',
    interval: 'permutation',
  },
};

/** What a column of the board says of a metric. */
export interface MetricDisplay {
  /** "Pair, size" */
  readonly title: string;
  /** "accuracy", "effect size" */
  readonly metricLabel: string;
  /** Level of a model that knows nothing, a fraction; null for bias. */
  readonly chance: number | null;
  /** The capability under which columns stand together: "Binding". */
  readonly group: string;
}

const CLEVR_DISPLAY: Record<ClevrSubtask, { title: string; group: string }> = {
  pair_binding_size: { title: 'Pair, size', group: 'Binding' },
  pair_binding_color: { title: 'Pair, colour', group: 'Binding' },
  binding_shape_color: { title: 'Shape | colour', group: 'Binding' },
  binding_color_shape: { title: 'Colour | shape', group: 'Binding' },
  recognition_color: { title: 'Colour', group: 'Recognition' },
  recognition_shape: { title: 'Shape', group: 'Recognition' },
  spatial: { title: 'Left, right', group: 'Relations' },
};

const BIAS_SUFFIXES = { '.effect_size': 'effect size', '.p_value': 'p' } as const;

/**
 * Display data of any metric of a task; `metric` is the name within the task ("average", "text.Relation").
 * A name that the task does not have gives the name itself as title and no chance, so that an old stored row still shows.
 */
export function describeMetric(task: TaskName, metric: string): MetricDisplay {
  const group = TASKS[task].capability;
  const unknown: MetricDisplay = { title: metric, metricLabel: TASKS[task].title, chance: null, group };
  switch (task) {
    case 'clevr': {
      if (metric === 'average')
        return { title: 'CLEVR', metricLabel: 'macro of 7', chance: CLEVR_CHANCE, group: 'Average' };
      const subtask = CLEVR_SUBTASKS.find((name) => name === metric);
      return subtask ? { ...CLEVR_DISPLAY[subtask], metricLabel: 'accuracy', chance: CLEVR_CHANCE } : unknown;
    }
    case 'winoground': {
      const score = WINOGROUND_SCORES.find((name) => metric === name || metric.startsWith(`${name}.`));
      if (!score) return unknown;
      const tag = metric.slice(score.length + 1);
      return { title: tag || 'Winoground', metricLabel: `${score} score`, chance: WINOGROUND_CHANCE[score], group };
    }
    case 'mmbias': {
      for (const [suffix, metricLabel] of Object.entries(BIAS_SUFFIXES)) {
        if (metric.endsWith(suffix))
          return { title: pairTitle(metric.slice(0, -suffix.length)), metricLabel, chance: null, group };
      }
      return unknown;
    }
  }
}

/** "A-B" as "A–B"; a name with more hyphens stays, for nobody can tell which of them parts the groups. */
function pairTitle(pair: string): string {
  return pair.split('-').length === 2 ? pair.replace('-', '–') : pair;
}

/**
 * Metrics of a task that the board shows as columns, in order. CLEVR's and Winoground's are fixed; the bias pairs depend
 * on the data, so `known` (names within the task, in the order of a summary) says which there are. A pair's p value has no
 * column: it stands in the effect size's cell (`pValueOf`).
 */
export function boardMetrics(task: TaskName, known: readonly string[] = []): string[] {
  switch (task) {
    case 'clevr':
      return [...CLEVR_SUBTASKS, 'average'];
    case 'winoground':
      return [...WINOGROUND_SCORES];
    case 'mmbias':
      return known.filter((metric) => metric.endsWith('.effect_size'));
  }
}

/** "A-B.effect_size" gives "A-B.p_value", any other metric null. */
export function pValueOf(metric: string): string | null {
  return metric.endsWith('.effect_size') ? metric.replace(/\.effect_size$/, '.p_value') : null;
}
