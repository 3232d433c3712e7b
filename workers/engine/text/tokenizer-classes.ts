/*
 * What transformers' tokenizer classes do that their files need not say (their __init__, and that of their fast twins, in versions 4
 * and 5). A class that is not here is refused: what it does to texts and ids is not known.
 */

export interface TokenizerClass {
  /** The side that is padded where no file says so. */
  readonly padding: 'left' | 'right';
  /** The padding token where no file names one; null: the class has none. */
  readonly pad: string | null;
  /**
   * What `do_lower_case` means. `bert`: the class sets the normalizer of its files by it and by its neighbours (`strip_accents`,
   * `tokenize_chinese_chars`), true where it is not said. `siglip`: true where it is not said. `always`: the class lower-cases whatever
   * it says. `added`: the class does nothing by itself. true lower-cases the texts of every class.
   */
  readonly letterCase: 'bert' | 'siglip' | 'always' | 'added';
  /** Whether `add_prefix_space` sets the byte-level step, false where it is not said. */
  readonly prefixSpace: boolean;
  /** The tokens that stand before and behind a text by their names in tokenizer_config.json. */
  readonly frame: readonly [start: FrameName | null, end: FrameName | null];
  /** What these tokens are where no file names them. */
  readonly tokens: Readonly<Partial<Record<FrameName, string>>>;
  /**
   * The kind of model that the class makes, and the steps that it has before it, whatever tokenizer.json says of them in transformers
   * 5; in transformers 4 that counts. null: any.
   */
  readonly makes: {
    readonly model: 'BPE' | 'WordPiece' | 'Unigram';
    readonly normalizer?: string;
    readonly preTokenizer?: string;
    /** Whether byte-pair encoding is of bytes, and marks the ends of words. */
    readonly bytes?: boolean;
    readonly ends?: boolean;
  } | null;
  /** Tokens that the class pads to where nothing says so. */
  readonly length?: number;
}

export type FrameName = 'bos_token' | 'eos_token' | 'cls_token' | 'sep_token';

const as = (of: Partial<TokenizerClass>): TokenizerClass => ({
  padding: 'right',
  pad: null,
  letterCase: 'added',
  prefixSpace: false,
  frame: [null, null],
  tokens: {},
  makes: null,
  ...of,
});

const BERT = { model: 'WordPiece', normalizer: 'BertNormalizer', preTokenizer: 'BertPreTokenizer' } as const;
const BPE = { model: 'BPE', bytes: false, ends: false } as const;
const BYTES = { model: 'BPE', bytes: true, ends: false } as const;
const UNIGRAM = { model: 'Unigram' } as const;
const bert = as({
  pad: '[PAD]',
  letterCase: 'bert',
  frame: ['cls_token', 'sep_token'],
  tokens: { cls_token: '[CLS]', sep_token: '[SEP]' },
  makes: BERT,
});
const file = as({});

const CLASSES: Readonly<Record<string, TokenizerClass>> = {
  Bert: bert,
  DistilBert: bert,
  Electra: bert,
  CLIP: as({
    pad: '<|endoftext|>',
    letterCase: 'always',
    frame: ['bos_token', 'eos_token'],
    tokens: { bos_token: '<|startoftext|>', eos_token: '<|endoftext|>' },
    makes: { ...BYTES, ends: true },
  }),
  Gemma: as({ padding: 'left', pad: '<pad>', makes: BPE }),
  GPT2: as({ prefixSpace: true, makes: BYTES }),
  Llama: as({ padding: 'left', makes: BPE }),
  Qwen2: as({ pad: '<|endoftext|>', makes: BYTES }),
  Roberta: as({
    pad: '<pad>',
    prefixSpace: true,
    frame: ['cls_token', 'sep_token'],
    tokens: { cls_token: '<s>', sep_token: '</s>' },
    makes: BYTES,
  }),
  Siglip: as({
    pad: '</s>',
    letterCase: 'siglip',
    frame: [null, 'eos_token'],
    tokens: { eos_token: '</s>' },
    length: 64,
    makes: UNIGRAM,
  }),
  Siglip2: as({ padding: 'left', pad: '<pad>', letterCase: 'always', makes: BPE }),
  T5: as({ pad: '<pad>', frame: [null, 'eos_token'], tokens: { eos_token: '</s>' }, makes: UNIGRAM }),
  XLMRoberta: as({
    pad: '<pad>',
    frame: ['bos_token', 'eos_token'],
    tokens: { bos_token: '<s>', eos_token: '</s>' },
    makes: UNIGRAM,
  }),
  // These add nothing to what tokenizer.json says.
  PreTrained: file,
  TokenizersBackend: file,
};

/** A class's name without what marks it as fast or slow. */
export const plainName = (name: string): string => name.replace(/Tokenizer(Fast)?$/, '');

/** A class by the name that tokenizer_config.json gives. */
export function tokenizerClass(name: string): TokenizerClass | undefined {
  const plain = plainName(name);
  return Object.hasOwn(CLASSES, plain) ? CLASSES[plain] : undefined;
}

/** The names of all classes that are known, as tokenizer_config.json gives them. */
export const KNOWN_CLASSES: readonly string[] = Object.keys(CLASSES).map((name) =>
  name === 'TokenizersBackend' ? name : `${name}Tokenizer${name === 'PreTrained' ? 'Fast' : ''}`,
);

/** Where no class is named: the files alone. */
export const NO_CLASS = file;
