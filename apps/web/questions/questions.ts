/** A question of the paper (Krojer et al., 2023) and what answers it. Names are those of the built-in checkpoints. */
export type Question = PairedQuestion | BiasQuestion;

interface Asked {
  /** Anchor of its section. */
  readonly id: string;
  readonly title: string;
  /** Why it is asked, and what to know before reading the figures; never what they say. */
  readonly about: string;
}

export interface PairedQuestion extends Asked {
  readonly kind: 'paired';
  /** "yes or no": is the first of a pair better? "what": on what is it better, on what worse? */
  readonly form: 'yes or no' | 'what';
  /** Each compared on all the metrics. */
  readonly pairs: readonly (readonly [a: string, b: string])[];
  /** "<task>.<metric>" */
  readonly metrics: readonly string[];
}

export interface BiasQuestion extends Asked {
  readonly kind: 'bias';
  readonly biased: string;
  readonly balanced: string;
}

/** Two candidates, or two texts and two images, of which one is right. */
const PAIR_TASKS = [
  'clevr.average',
  'winoground.text',
  'winoground.image',
  'winoground.group',
  'svo_verb.accuracy',
  'svo_subj.accuracy',
  'svo_obj.accuracy',
  'vg_relation.macro',
  'vg_attribution.macro',
];
const WORD_ORDER = ['coco_order.accuracy', 'flickr30k_order.accuracy'];
const RETRIEVAL = ['flickr30k_image.r1', 'flickr30k_text.r1', 'imagecode.r1', 'imagecode_video.r1'];

export const QUESTIONS: readonly Question[] = [
  {
    id: 'binding',
    title: 'Does the diffusion model bind better than the dual encoder?',
    about:
      'A model binds when it knows which of two things has which colour, shape or size, and who stands where. The paper compares Stable Diffusion with CLIP. Here the two differ in kind and in how long they were trained: see their model cards.',
    kind: 'paired',
    form: 'yes or no',
    pairs: [['toy-ldm', 'toy-clip']],
    metrics: [
      'clevr.pair_binding_color',
      'clevr.pair_binding_size',
      'clevr.binding_shape_color',
      'clevr.binding_color_shape',
      'clevr.spatial',
      'winoground.text',
      'winoground.image',
      'winoground.group',
      'vg_attribution.macro',
    ],
  },
  {
    id: 'hardneg',
    title: 'Does HardNeg help?',
    about:
      'HardNeg finetunes the diffusion model on wrong texts and images beside the right ones; NoNeg is finetuned alike without the wrong ones. Of both runs, as long as each other, the step that was best on validation pairs is kept. So what HardNeg gains over both comes from the negatives, or from where each was stopped: see the model cards.',
    kind: 'paired',
    form: 'yes or no',
    pairs: [
      ['toy-ldm-hardneg', 'toy-ldm'],
      ['toy-ldm-hardneg', 'toy-ldm-noneg'],
    ],
    metrics: PAIR_TASKS,
  },
  {
    id: 'threshold',
    title: 'What does the missing threshold do?',
    about:
      'HardNeg’s negative loss is cut off where it reaches the positive one. Without that threshold the paper saw word order gain and everything else lose, soon to chance. Here both runs have 1,000 steps; of the one with it the step that was best on validation pairs is kept, of the one without it the last.',
    kind: 'paired',
    form: 'what',
    pairs: [['toy-ldm-nothreshold', 'toy-ldm-hardneg']],
    metrics: [...WORD_ORDER, ...PAIR_TASKS, ...RETRIEVAL, 'pets.accuracy'],
  },
  {
    id: 'matching',
    title: 'What does a text that looks at the image add?',
    about:
      'A dual encoder reads image and text apart; a matching head’s text encoder attends to the image. More than that differs here: toy-itm starts from toy-clip’s image tower, was trained longer, and on hard false texts, which toy-clip never saw. Flickr30K’s retrieval is left out: its wrong candidates are those that toy-clip finds hardest.',
    kind: 'paired',
    form: 'what',
    pairs: [['toy-itm', 'toy-clip']],
    metrics: [...PAIR_TASKS, ...WORD_ORDER, 'imagecode.r1', 'imagecode_video.r1', 'pets.accuracy'],
  },
  {
    id: 'bias',
    title: 'Is the biased twin found out?',
    about:
      'Two dual encoders, trained alike but for the captions: those of the biased one set some families of signs beside pleasant phrases, or beside one of two things, more often than others; those of the balanced one do so with no family.',
    kind: 'bias',
    biased: 'toy-clip-biased',
    balanced: 'toy-clip-balanced',
  },
];

/** The checkpoints that a question needs. */
export function checkpointsOf(question: Question): string[] {
  return question.kind === 'bias' ? [question.biased, question.balanced] : [...new Set(question.pairs.flat())];
}
