/**
 * The words every part of the project shares.
 *
 * - task: one question of GDBench with its data, metrics and chance levels ("clevr").
 * - example: one unit that is scored: a list of texts against a list of images.
 * - scores: a matrix with a row a text and a column an image; higher is better.
 * - metric: a figure derived from the scores of a task's examples ("clevr" has seven subtasks and "average").
 */

export const TASK_NAMES = [
  'clevr',
  'winoground',
  'flickr30k_image',
  'flickr30k_text',
  'imagecode',
  'imagecode_video',
  'svo_verb',
  'svo_subj',
  'svo_obj',
  'vg_relation',
  'vg_attribution',
  'coco_order',
  'flickr30k_order',
  'pets',
  'mmbias',
  'genderbias',
] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/** What is fixed about a task, independent of any data: safe to ship to a browser. */
export interface TaskDefinition {
  readonly name: TaskName;
  /** "CLEVR" */
  readonly title: string;
  /** One of the board's groups, e.g. "Binding", "Composition", "Bias". */
  readonly capability: string;
  /** One sentence a reader understands: what the task asks. */
  readonly question: string;
  /** What decides right from wrong, as a sentence or formula. */
  readonly formula: string;
  readonly kind: 'accuracy' | 'bias';
  /** The metric that stands for the task where there is room for one; null for bias, whose pairs do not add up. */
  readonly main: string | null;
  /**
   * How the 95% interval of accuracies is made from the official data: by Wilson's formula, or by a bootstrap that
   * resamples images or sets of images. Data of which no two examples share a cluster get Wilson's in any case. Permutation:
   * how p is made for bias, whose effect sizes have a bootstrap over the images of each group.
   */
  readonly interval: 'wilson' | 'bootstrap-by-image' | 'bootstrap-by-set' | 'permutation';
}

/** One file of the data root that shows an image, or a box cut out of it. */
export interface ImageRef {
  /** Absolute path. */
  readonly path: string;
  /** The box that is shown, in the file's own pixels, as Pillow's `crop` cuts it; absent: all of the file. */
  readonly crop?: Box;
}

/** Whole pixels; `width` and `height` at least 1. A box may reach beyond the image: what lies outside is black. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The same for two references exactly when they show the same pixels of the same file. */
export function imageKey({ path, crop }: ImageRef): string {
  return crop ? `${path}#${crop.x},${crop.y},${crop.width},${crop.height}` : path;
}

export interface Example {
  /** Position in the official order, from 0; unique within the task. */
  readonly index: number;
  /** Stable identity within the task, e.g. "pair_binding_size/CLEVR_val2_000138.png/0". */
  readonly id: string;
  readonly texts: readonly string[];
  readonly images: readonly ImageRef[];
  /** Place of the right candidate among the texts of the one image, or the images of the one text; absent: 0. */
  readonly right?: number;
  /**
   * clevr: the subtask. vg_relation, vg_attribution: what the macro mean is over. mmbias: "<Category>/<Group>". genderbias:
   * "<object>/male" or "<object>/female". Otherwise absent.
   */
  readonly group?: string;
  /** winoground: tag, secondary_tag and collapsed_tag as the metric names use them. */
  readonly tags?: readonly string[];
  /** Examples of one cluster (the same image) are not independent: the bootstrap resamples clusters. */
  readonly cluster: string;
}

/** Whether data are all of an edition that is known; only such may rank. */
export interface DataEdition {
  /**
   * whole: every example of the edition. part: some of its examples, or fewer than it has. unknown: neither can be told, for the
   * data are others, or nobody has stated what the whole is.
   */
  readonly state: 'whole' | 'part' | 'unknown';
  /** "official", "builtin 4"; null where the data are of no edition that is known. */
  readonly name: string | null;
  /** Examples that are scored. */
  readonly examples: number;
  /** Examples of the whole edition; null where `name` is. SVO: rows of all three kinds, where no count of one is published. */
  readonly of: number | null;
}

/** A task's data on this machine. */
export interface TaskData {
  readonly task: TaskName;
  readonly root: string;
  /** Identity of the data: the first 16 hex digits of a sha256 over metadata and image bytes. */
  readonly dataVersion: string;
  readonly examples: readonly Example[];
  /** mmbias: number of pleasant phrases; the rest of an example's texts are unpleasant. genderbias: 1, the first text. */
  readonly pleasant?: number;
  /** What was left out because its images are missing or unreadable; absent when nothing was. Such data cannot rank. */
  readonly skipped?: Skipped;
}

/** A task's data with what is known of them. */
export interface LoadedTask extends TaskData {
  readonly edition: DataEdition;
  /** What lies among the data and is not scored, and what else a reader should know, a sentence each; absent: nothing. */
  readonly notes?: readonly string[];
}

/** Examples that were left out, and the images that they lack: paths relative to the data root. */
export interface Skipped {
  readonly examples: number;
  readonly missing: readonly string[];
  readonly unreadable: readonly string[];
}

/** What the engine gives for one example: `scores[text][image]`. */
export interface ExampleScores {
  readonly index: number;
  readonly example: string;
  readonly scores: readonly (readonly number[])[];
}

/** One metric of one task. Fractions between 0 and 1, or an effect size; null where undefined. */
export interface MetricValue {
  /** Name within the task: "average", "group", "A-B.effect_size". */
  readonly metric: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Level of a model that knows nothing; null for bias. */
  readonly chance: number | null;
  /** Examples (bias: images) behind the value. */
  readonly n: number;
  /** Bias: images of X and of Y, which are `n` together; absent for accuracies. */
  readonly sizes?: readonly [number, number];
}

export interface TaskSummary {
  readonly task: TaskName;
  /** Examples scored. */
  readonly n: number;
  /** Examples whose right candidate shares the maximum; winoground: with any of four comparisons equal; bias: null. */
  readonly ties: number | null;
  readonly metrics: readonly MetricValue[];
}
