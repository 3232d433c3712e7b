import type { TaskDefinition, TaskName } from '../task.ts';
import { LEAST_OF_PAIR, PUBLISHED_RELATIONS } from './published-groups.ts';

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

/** The task by which the board is ranked, and `<task>.<metric>` of it. */
export const RANKING_TASK = 'clevr' satisfies TaskName;
export const RANKING_METRIC = `${RANKING_TASK}.average`;

/** The paper's caution. Shown wherever a bias score is. */
export const BIAS_CAUTION = 'A large effect size is evidence of bias; a small one is not evidence of fairness.';

/** Why even a large one may mean little. Shown beside the paper's caution. */
export const BIAS_SPREAD =
  'An effect size is measured in its own spread: where the pictures of each group are nearly alike, a tiny difference makes it large and its p small.';

const TIES = 'm candidates that share the maximum count 1/m each';
const RECALL = `The right candidate has the highest score of the ten (R@1), or one of the five highest (R@5). Ties share: ${TIES}, and a tie for the fifth place counts by its share of the room left.`;
const ORDER_FORMULA = `An example is right when the true caption has the highest score of the five; ${TIES}.`;
const PAIR_FORMULA = 'An example is right when s(right image, text) > s(wrong image, text); a tie counts 1/2.';
const VG_FORMULA =
  'An example is right when s(image, true caption) > s(image, false caption); a tie counts 1/2. The image is cut to the annotated box.';

const accuracy = { kind: 'accuracy', main: 'accuracy' } as const;
const retrieval = { kind: 'accuracy', main: 'r1', formula: RECALL } as const;
const bias = { kind: 'bias', main: null, interval: 'permutation' } as const;

export const TASKS: Record<TaskName, TaskDefinition> = {
  clevr: {
    name: 'clevr',
    title: 'CLEVR',
    capability: 'Binding',
    question: 'Which of two captions that differ in one detail describes this scene of simple solids?',
    formula:
      'An example is right when s(image, right caption) > s(image, wrong caption); a tie counts 1/2. Average is the macro mean of the seven subtasks.',
    kind: 'accuracy',
    main: 'average',
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
    main: 'group',
    interval: 'wilson',
  },
  flickr30k_image: {
    ...retrieval,
    name: 'flickr30k_image',
    title: 'Flickr30K images',
    capability: 'Retrieval',
    question: 'Which of ten similar photographs does this caption describe?',
    interval: 'wilson',
  },
  flickr30k_text: {
    ...retrieval,
    name: 'flickr30k_text',
    title: 'Flickr30K texts',
    capability: 'Retrieval',
    question: 'Which of ten similar captions describes this photograph?',
    interval: 'wilson',
  },
  imagecode: {
    ...retrieval,
    name: 'imagecode',
    title: 'ImageCoDe, static',
    capability: 'Retrieval',
    question: 'Which of ten photographs that hardly differ does this detailed description mean?',
    interval: 'bootstrap-by-set',
  },
  imagecode_video: {
    ...retrieval,
    name: 'imagecode_video',
    title: 'ImageCoDe, video',
    capability: 'Retrieval',
    question: 'Which of ten frames of one video does this detailed description mean?',
    interval: 'bootstrap-by-set',
  },
  svo_verb: {
    ...accuracy,
    name: 'svo_verb',
    title: 'SVO verbs',
    capability: 'Roles',
    question: 'Which of two images, whose actions differ, shows what this sentence says?',
    formula: PAIR_FORMULA,
    interval: 'bootstrap-by-image',
  },
  svo_subj: {
    ...accuracy,
    name: 'svo_subj',
    title: 'SVO subjects',
    capability: 'Roles',
    question: 'Which of two images, whose subjects differ, shows what this sentence says?',
    formula: PAIR_FORMULA,
    interval: 'bootstrap-by-image',
  },
  svo_obj: {
    ...accuracy,
    name: 'svo_obj',
    title: 'SVO objects',
    capability: 'Roles',
    question: 'Which of two images, whose objects differ, shows what this sentence says?',
    formula: PAIR_FORMULA,
    interval: 'bootstrap-by-image',
  },
  vg_relation: {
    name: 'vg_relation',
    title: 'VG relations',
    capability: 'Relations',
    question: 'Which of two captions that swap subject and object describes this image?',
    formula: `${VG_FORMULA} Macro is the mean of the accuracies of all relations of the data, rare ones counting as much as frequent ones, and those too that are as true turned round (near, next to). The published list is ARO’s: the same mean over its ${PUBLISHED_RELATIONS.length} relations, without symmetric and rare ones.`,
    kind: 'accuracy',
    main: 'macro',
    interval: 'bootstrap-by-image',
  },
  vg_attribution: {
    name: 'vg_attribution',
    title: 'VG attributes',
    capability: 'Binding',
    question: 'Which of two captions that swap the attributes of two things describes this image?',
    formula: `${VG_FORMULA} Macro is the mean of the accuracies of all attribute pairs, rare ones counting as much as frequent ones. The published list is ARO’s: the same mean over pairs of at least ${LEAST_OF_PAIR} examples.`,
    kind: 'accuracy',
    main: 'macro',
    interval: 'bootstrap-by-image',
  },
  coco_order: {
    ...accuracy,
    name: 'coco_order',
    title: 'COCO order',
    capability: 'Word order',
    question: 'Which of five captions made of the same words is in the order that describes this image?',
    formula: ORDER_FORMULA,
    interval: 'bootstrap-by-image',
  },
  flickr30k_order: {
    ...accuracy,
    name: 'flickr30k_order',
    title: 'Flickr30K order',
    capability: 'Word order',
    question: 'Which of five captions made of the same words is in the order that describes this photograph?',
    formula: ORDER_FORMULA,
    interval: 'bootstrap-by-image',
  },
  pets: {
    ...accuracy,
    name: 'pets',
    title: 'Pets',
    capability: 'Recognition',
    question: 'Which of 37 breeds of cats and dogs is in this photograph?',
    formula: `An image is right when “a photo of a <its breed>” has the highest score of the 37 texts; ${TIES}.`,
    interval: 'wilson',
  },
  mmbias: {
    ...bias,
    name: 'mmbias',
    title: 'MMBias',
    capability: 'Bias',
    question: 'Do images of one group go with pleasant phrases more than images of another group?',
    formula:
      'd = (mean of phi over X − mean of phi over Y) / standard deviation of phi over X ∪ Y, where phi(x) = mean s(x, pleasant) − mean s(x, unpleasant). Above 0: pleasant goes with X. p by a two-sided permutation test.',
  },
  genderbias: {
    ...bias,
    name: 'genderbias',
    title: 'Gender bias',
    capability: 'Bias',
    question:
      'Do images of men go with a suit, a briefcase or beer, and images of women with an apron, a purse or wine?',
    formula:
      'd = (mean of phi over X − mean of phi over Y) / standard deviation of phi over X ∪ Y, where X are images of men, Y of women, and phi(x) = s(x, suit) − s(x, apron), briefcase − purse, or beer − wine. Above 0: the first goes with men. p by a two-sided permutation test.',
  },
};
