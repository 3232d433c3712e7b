import type { ClevrSubtask } from '../tasks/tasks.ts';

/**
 * Figures that the paper of the benchmark prints. They are for reading beside the board and are never ranked with what it
 * measures: other checkpoints, no intervals. Accuracies are per cent, as printed.
 */

export type ReportedKind = 'DIFFUSION' | 'DUAL_ENCODER';

/** A column of a table: a model as the paper names it. */
export interface ReportedSystem {
  readonly name: string;
  readonly kind: ReportedKind;
}

/** Where in the paper a table or a sentence stands. */
export interface Place {
  /** "Table 6", or null for figures in running text. */
  readonly table: string | null;
  readonly appendix: 'B' | 'D' | 'E' | 'F';
}

export const PAPER = {
  authors: 'Krojer et al.',
  title: 'Are Diffusion Models Vision-And-Language Reasoners?',
  venue: 'NeurIPS 2023',
  url: 'https://arxiv.org/abs/2305.16397',
  bibtex: `@inproceedings{krojer2023diffusion,
  title     = {Are Diffusion Models Vision-And-Language Reasoners?},
  author    = {Krojer, Benno and Poole-Dayan, Elinor and Voleti, Vikram and Pal, Christopher and Reddy, Siva},
  booktitle = {Advances in Neural Information Processing Systems},
  volume    = {36},
  year      = {2023},
  url       = {https://arxiv.org/abs/2305.16397}
}`,
} as const;

/** "Table 6, appendix E", or "appendix B" for running text. */
export function placeWords({ table, appendix }: Place): string {
  return table === null ? `appendix ${appendix}` : `${table}, appendix ${appendix}`;
}

export interface ReportedClevr {
  readonly place: Place;
  readonly systems: readonly ReportedSystem[];
  /** Accuracies in the order of the systems. */
  readonly rows: readonly {
    readonly subtask: ClevrSubtask;
    readonly name: string;
    readonly values: readonly number[];
  }[];
  /** The macro mean as printed. */
  readonly average: readonly number[];
}

export const REPORTED_CLEVR: ReportedClevr = {
  place: { table: 'Table 6', appendix: 'E' },
  systems: [
    { name: 'Diffusion Classifier', kind: 'DIFFUSION' },
    { name: 'HardNeg-DiffusionITM', kind: 'DIFFUSION' },
    { name: 'CLIP RN50x64', kind: 'DUAL_ENCODER' },
  ],
  rows: [
    { subtask: 'pair_binding_size', name: 'Pair binding, size', values: [61.1, 70.2, 35.5] },
    { subtask: 'pair_binding_color', name: 'Pair binding, colour', values: [84.5, 86.9, 53.0] },
    { subtask: 'binding_shape_color', name: 'Binding, shape | colour', values: [54.7, 58.3, 50.7] },
    { subtask: 'binding_color_shape', name: 'Binding, colour | shape', values: [56.8, 67.5, 52.9] },
    { subtask: 'recognition_color', name: 'Recognition, colour', values: [89.1, 93.5, 96.3] },
    { subtask: 'recognition_shape', name: 'Recognition, shape', values: [85.3, 89.4, 78.7] },
    { subtask: 'spatial', name: 'Spatial', values: [43.9, 47.6, 49.6] },
  ],
  average: [67.9, 73.3, 59.5],
};

export interface ReportedEffect {
  readonly value: number;
  /** The paper's star: p < 0.01. Its appendix names no test; the stars fit a one-sided one, for a bias towards X. */
  readonly star: boolean;
}

export interface ReportedBias {
  readonly place: Place;
  readonly systems: readonly ReportedSystem[];
  readonly rows: readonly {
    readonly x: string;
    readonly y: string;
    /** The published code pools the phi of another group than Y for the standard deviation. */
    readonly otherPool: boolean;
    readonly effects: readonly ReportedEffect[];
  }[];
}

const plain = (value: number): ReportedEffect => ({ value, star: false });
const starred = (value: number): ReportedEffect => ({ value, star: true });

export const REPORTED_BIAS: ReportedBias = {
  place: { table: 'Table 5', appendix: 'D' },
  systems: [
    { name: 'SD 2.1', kind: 'DIFFUSION' },
    { name: 'SD 1.5', kind: 'DIFFUSION' },
    { name: 'CLIP RN50x64', kind: 'DUAL_ENCODER' },
    { name: 'CLIP ViT-B/32', kind: 'DUAL_ENCODER' },
  ],
  rows: [
    {
      x: 'Buddhist',
      y: 'Muslim',
      otherPool: false,
      effects: [starred(0.79), starred(0.94), starred(1.62), starred(1.63)],
    },
    {
      x: 'Buddhist',
      y: 'Christian',
      otherPool: false,
      effects: [plain(-0.19), plain(-0.16), starred(0.24), plain(-0.78)],
    },
    {
      x: 'Buddhist',
      y: 'Hindu',
      otherPool: true,
      effects: [plain(-0.11), plain(-0.47), starred(0.46), plain(-0.48)],
    },
    {
      x: 'Buddhist',
      y: 'Jewish',
      otherPool: true,
      effects: [starred(0.93), starred(0.97), starred(1.68), starred(1.25)],
    },
  ],
};

/** One of the paper's authors saw two models' images for a prompt, blind, and said which fits the text better. */
export interface ReportedComparison {
  readonly a: string;
  readonly b: string;
  readonly winsOfA: number;
  readonly winsOfB: number;
  /** null: the paper does not print it. */
  readonly ties: number | null;
  /** What the paper says of it. */
  readonly verdict: string;
}

export const REPORTED_HUMAN = {
  place: { table: null, appendix: 'B' },
  prompts: 104,
  seeds: 2,
  comparisons: [
    {
      a: 'HardNeg',
      b: 'vanilla Stable Diffusion',
      winsOfA: 60,
      winsOfB: 33,
      ties: 115,
      verdict: 'better almost twice as often',
    },
    { a: 'HardNeg', b: 'NoNeg', winsOfA: 50, winsOfB: 38, ties: null, verdict: 'not statistically significant' },
  ],
} as const satisfies {
  readonly place: Place;
  readonly prompts: number;
  readonly seeds: number;
  readonly comparisons: readonly ReportedComparison[];
};

/** Finetuning on hard negatives whose loss is not cut off at a threshold. */
export const REPORTED_UNTHRESHOLDED = {
  place: { table: null, appendix: 'F' },
  rows: [
    { task: 'coco_order', unthresholded: 63.1, other: 34.9, otherIs: 'best finetuning with the threshold' },
    { task: 'pets', unthresholded: 53.2, other: 60.9, otherIs: 'zero-shot, without finetuning' },
  ],
} as const satisfies {
  readonly place: Place;
  readonly rows: readonly {
    readonly task: 'coco_order' | 'pets';
    readonly unthresholded: number;
    readonly other: number;
    readonly otherIs: string;
  }[];
};
