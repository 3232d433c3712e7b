import type { TaskName } from '../task.ts';
import { CLEVR_SUBTASKS, type ClevrSubtask, TASKS, WINOGROUND_CHANCE, WINOGROUND_SCORES } from './tasks.ts';

/** What a column of the board says of a metric. */
export interface MetricDisplay {
  /** "Pair, size" */
  readonly title: string;
  /** "accuracy", "effect size" */
  readonly metricLabel: string;
  /** Level of a model that knows nothing on the official data, a fraction; null for bias. */
  readonly chance: number | null;
  /** The capability under which columns stand together: "Binding". */
  readonly group: string;
}

type SmallTask = Exclude<TaskName, 'clevr' | 'winoground' | 'mmbias' | 'genderbias'>;

/** Title of a task's columns, which stand below its capability, and how many candidates its examples have. */
const COLUMNS: Record<SmallTask, { readonly title: string; readonly candidates: number }> = {
  flickr30k_image: { title: 'Flickr30K, image', candidates: 10 },
  flickr30k_text: { title: 'Flickr30K, text', candidates: 10 },
  imagecode: { title: 'ImageCoDe', candidates: 10 },
  imagecode_video: { title: 'ImageCoDe, video', candidates: 10 },
  svo_verb: { title: 'Verb', candidates: 2 },
  svo_subj: { title: 'Subject', candidates: 2 },
  svo_obj: { title: 'Object', candidates: 2 },
  vg_relation: { title: 'VG relation', candidates: 2 },
  vg_attribution: { title: 'VG attribute', candidates: 2 },
  coco_order: { title: 'COCO order', candidates: 5 },
  flickr30k_order: { title: 'Flickr30K order', candidates: 5 },
  pets: { title: 'Pets', candidates: 37 },
};

const CLEVR_DISPLAY: Record<ClevrSubtask, { title: string; group: string }> = {
  pair_binding_size: { title: 'Pair, size', group: 'Binding' },
  pair_binding_color: { title: 'Pair, colour', group: 'Binding' },
  binding_shape_color: { title: 'Shape | colour', group: 'Binding' },
  binding_color_shape: { title: 'Colour | shape', group: 'Binding' },
  recognition_color: { title: 'Colour', group: 'Recognition' },
  recognition_shape: { title: 'Shape', group: 'Recognition' },
  spatial: { title: 'Left, right', group: 'Relations' },
};
/** Two texts, one image. */
const CLEVR_CHANCE = 1 / 2;

/** The metrics of the small tasks: their names on a column and how many of the best candidates they look at. */
const SMALL_METRICS = {
  accuracy: { metricLabel: 'accuracy', best: 1 },
  macro: { metricLabel: 'macro accuracy', best: 1 },
  macro_published: { metricLabel: 'macro, published list', best: 1 },
  r1: { metricLabel: 'R@1', best: 1 },
  r5: { metricLabel: 'R@5', best: 5 },
} as const;

const GENDER_TITLES: Readonly<Record<string, string>> = { clothes: 'Clothes', bags: 'Bags', drinks: 'Drinks' };

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
    case 'mmbias':
    case 'genderbias': {
      for (const [suffix, metricLabel] of Object.entries(BIAS_SUFFIXES)) {
        if (metric.endsWith(suffix))
          return { title: pairTitle(metric.slice(0, -suffix.length)), metricLabel, chance: null, group };
      }
      return unknown;
    }
    default: {
      const known = smallMetrics(task, [metric]).find((name) => name === metric);
      if (!known) return unknown;
      const { title, candidates } = COLUMNS[task];
      const { metricLabel, best } = SMALL_METRICS[known];
      return { title, metricLabel, chance: Math.min(1, best / candidates), group };
    }
  }
}

/** `known`: the metrics that the data have, of those that not all data have. */
function smallMetrics(task: SmallTask, known: readonly string[]): (keyof typeof SMALL_METRICS)[] {
  switch (TASKS[task].main) {
    case 'r1':
      return ['r1', 'r5'];
    case 'macro':
      return known.includes('macro_published') ? ['macro', 'macro_published', 'accuracy'] : ['macro', 'accuracy'];
    default:
      return ['accuracy'];
  }
}

/** "A-B" as "A–B"; a name with more hyphens stays, for nobody can tell which of them parts the groups. */
function pairTitle(pair: string): string {
  return GENDER_TITLES[pair] ?? (pair.split('-').length === 2 ? pair.replace('-', '–') : pair);
}

/**
 * Metrics of a task that the board shows as columns, in order. All but MMBias's pairs and VG's `macro_published` are fixed; these
 * depend on the data, so `known` (names within the task, in the order of a summary) says which there are. A pair's p value has no column: it
 * stands in the effect size's cell (`pValueOf`).
 */
export function boardMetrics(task: TaskName, known: readonly string[] = []): string[] {
  switch (task) {
    case 'clevr':
      return [...CLEVR_SUBTASKS, 'average'];
    case 'winoground':
      return [...WINOGROUND_SCORES];
    case 'mmbias':
      return known.filter((metric) => metric.endsWith('.effect_size'));
    case 'genderbias':
      return Object.keys(GENDER_TITLES).map((object) => `${object}.effect_size`);
    default:
      return smallMetrics(task, known);
  }
}

/** "A-B.effect_size" gives "A-B.p_value", any other metric null. */
export function pValueOf(metric: string): string | null {
  return metric.endsWith('.effect_size') ? metric.replace(/\.effect_size$/, '.p_value') : null;
}
