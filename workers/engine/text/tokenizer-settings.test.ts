import { describe, expect, it } from 'vitest';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { openFolder } from '../checkpoint/folder.ts';
import { openTokenizer } from './tokenizer.ts';
import { KNOWN_CLASSES } from './tokenizer-classes.ts';
import { HARMLESS, WITHOUT_EFFECT } from './tokenizer-fields.ts';
import { APPLIED } from './tokenizer-settings.ts';

const LENGTH = 9;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const PIECES = [
  ...SPECIAL,
  'red',
  'Red',
  'é',
  'É',
  'e',
  'E',
  '中',
  '国',
  'cube',
  '##cube',
  'red cube',
  'Ġred',
  'Ġcube',
  'x',
];
const id = (piece: string) => PIECES.indexOf(piece);
const TEXTS = ['Red cube É 中国', 'red red red red red red red red cube', '', 'x'];

/** A WordPiece tokenizer.json; its normalizer leaves texts as they are. */
const file = (changes: object = {}) => ({
  added_tokens: SPECIAL.map((content, at) => ({ id: at, content, special: true, normalized: false })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: false,
    strip_accents: false,
    lowercase: false,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', cls: ['[CLS]', id('[CLS]')], sep: ['[SEP]', id('[SEP]')] },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(PIECES.map((piece, at) => [piece, at])) },
  ...changes,
});
/** One whose texts have a space put before them where its class says so. */
const byteLevel = {
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, use_regex: true },
};

/** Ids and masks of the texts; the sentence of a refusal. */
async function outcome(config: object, json: object = file()): Promise<number[][] | string> {
  const dir = newFolder();
  await writeFiles(dir, {
    'tokenizer.json': json,
    'tokenizer_config.json': { model_max_length: LENGTH, ...config },
  });
  try {
    const tokenizer = await openTokenizer(await openFolder(dir), '', {});
    return TEXTS.map((text) => tokenizer.encode(text)).flatMap(({ ids, mask }) => [[...ids], [...mask]]);
  } catch (error) {
    if (error instanceof CheckpointFault) return error.message;
    throw error;
  }
}

describe('the fields of tokenizer_config.json', () => {
  it.each([...WITHOUT_EFFECT, 'image_token_id', '_commit_hash'])('%s changes no id', async (name) => {
    const plain = await outcome({});
    for (const value of [true, 0, 512, 'left', ['x'], { x: 1 }, null])
      expect(await outcome({ [name]: value })).toEqual(plain);
  });

  const HARMFUL: Readonly<Record<string, readonly [harmful: unknown, harmless: unknown]>> = {
    auto_map: [{ AutoTokenizer: [null, 'code.Tokenizer'] }, { AutoModel: 'code.Model' }],
    do_basic_tokenize: [false, true],
    never_split: [['Red'], []],
    pad_token_type_id: [1, 0],
    sp_model_kwargs: [{ enable_sampling: true, alpha: 0.1 }, { enable_sampling: false }],
    split_special_tokens: [true, false],
  };
  it('are all known where some of their values change ids', () => {
    expect(Object.keys(HARMFUL).sort()).toEqual(Object.keys(HARMLESS).sort());
  });
  it.each(Object.entries(HARMFUL))('%s is refused where it would', async (name, [harmful, harmless]) => {
    expect(await outcome({ [name]: harmful })).toContain(`tokenizer_config.json says \`${name}\` is`);
    const plain = await outcome({});
    for (const value of [harmless, null]) expect(await outcome({ [name]: value })).toEqual(plain);
  });

  const bert = {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: false,
    strip_accents: false,
    tokenize_chinese_chars: false,
  };
  const siglip2 = { tokenizer_class: 'PreTrainedTokenizerFast' };
  /** For each field that is applied: what it changes, or what contradicts it. */
  const EFFECTS: Readonly<
    Record<string, readonly [before: object, after: object, sentence?: RegExp | undefined, json?: object]>
  > = {
    bos_token: [
      {},
      { add_bos_token: true, bos_token: 'x' },
      /names x as `bos_token`, where what the post-processor says/,
    ],
    eos_token: [{}, { add_eos_token: true, eos_token: 'x' }, /names x as `eos_token`/],
    cls_token: [
      bert,
      { ...bert, cls_token: 'x' },
      /names x as `cls_token`, where what the post-processor says, which puts the id 2 before/,
    ],
    sep_token: [bert, { ...bert, sep_token: 'x' }, /names x as `sep_token`/],
    unk_token: [{}, { unk_token: 'x' }, /names x as `unk_token`, where \[UNK\], which the model has for it/],
    pad_token: [{}, { pad_token: 'x' }],
    tokenizer_class: [{}, { tokenizer_class: 'BertTokenizer' }],
    model_max_length: [{}, { model_max_length: 5 }],
    max_len: [
      { model_max_length: null, max_len: 9 },
      { model_max_length: null, max_len: 5 },
    ],
    model_input_names: [{}, { model_input_names: ['input_ids'] }],
    padding_side: [{}, { padding_side: 'left' }],
    truncation_side: [{}, { truncation_side: 'left' }],
    do_lower_case: [siglip2, { ...siglip2, do_lower_case: true }],
    strip_accents: [bert, { ...bert, strip_accents: true }],
    tokenize_chinese_chars: [bert, { ...bert, tokenize_chinese_chars: true }],
    add_bos_token: [
      {},
      { add_bos_token: false },
      /says `add_bos_token` is false, where what the post-processor says, which puts the id 2 before/,
    ],
    add_eos_token: [{}, { add_eos_token: false }, /says `add_eos_token` is false/],
    add_prefix_space: [
      { tokenizer_class: 'GPT2Tokenizer' },
      { tokenizer_class: 'GPT2Tokenizer', add_prefix_space: true },
      undefined,
      file({ ...byteLevel, model: { type: 'BPE', unk_token: '[UNK]', vocab: file().model.vocab, merges: [] } }),
    ],
    added_tokens_decoder: [{}, { added_tokens_decoder: { [PIECES.length]: { content: 'Red cube' } } }],
    additional_special_tokens: [{}, { additional_special_tokens: ['nowhere'] }, /names the special token nowhere/],
    extra_special_tokens: [{}, { extra_special_tokens: { image: 'nowhere' } }, /names the special token nowhere/],
  };
  it('are all known where they are applied', () => {
    // No text holds a mask, and only T5's own vocabulary file takes extra ids.
    expect([...Object.keys(EFFECTS), 'mask_token', 'extra_ids'].sort()).toEqual([...APPLIED].sort());
  });
  it.each(Object.entries(EFFECTS))('%s is obeyed, or refused', async (_, [before, after, sentence, json]) => {
    const [plain, changed] = [await outcome(before, json), await outcome(after, json)];
    expect(plain).toBeInstanceOf(Array);
    if (sentence) expect(changed).toMatch(sentence);
    else {
      expect(changed).toBeInstanceOf(Array);
      expect(changed).not.toEqual(plain);
    }
  });

  it.each(['add_dummy_prefix', 'keep_accents', 'src_lang', 'normalization', 'bpe_dropout'])(
    '%s is not known, and so is refused by its name',
    async (name) => {
      const sentence = await outcome({ [name]: false, do_basic_tokenize: false });
      expect(sentence).toContain(
        `has the field \`${name}\`, and GDBench does not know what that does to texts and ids`,
      );
      // All at once.
      expect(sentence).toContain('says `do_basic_tokenize` is false');
    },
  );

  it('name a class that is known', async () => {
    for (const name of KNOWN_CLASSES)
      expect(String(await outcome({ tokenizer_class: name }))).not.toMatch(/names the class/);
    expect(await outcome({ tokenizer_class: 'NllbTokenizer' })).toMatch(
      /^tokenizer_config.json names the class NllbTokenizer, .*; where tokenizer.json alone says all .*, write PreTrainedTokenizerFast as `tokenizer_class`\.$/,
    );
  });

  it.each(['GPT2', 'Roberta', 'Qwen2', 'CLIP', 'Gemma', 'Llama', 'Siglip2', 'T5', 'Siglip', 'XLMRoberta'])(
    'name no class that makes another model: a %s of words in pieces',
    async (name) => {
      // transformers 5 makes the class's own of the vocabulary, transformers 4 what tokenizer.json says.
      const json = file({ post_processor: null, added_tokens: [] });
      expect(await outcome({ tokenizer_class: `${name}Tokenizer`, model_max_length: LENGTH }, json)).toMatch(
        /^tokenizer_config.json (says that the tokenizer is a \w+, and tokenizer.json holds a WordPiece model, where the class|leaves \S+ as `(bos|eos|cls)_token`, its class's own, where what the post-processor says, which puts nothing)/,
      );
    },
  );

  it('name no class that has other steps before its model', async () => {
    const bare = { normalizer: null, pre_tokenizer: null };
    const sentence = await outcome({ tokenizer_class: 'BertTokenizer' }, file(bare));
    expect(sentence).toContain('is a BertTokenizer, and tokenizer.json holds no BertNormalizer');
    expect(await outcome({ tokenizer_class: 'PreTrainedTokenizerFast' }, file(bare))).toBeInstanceOf(Array);
  });

  it('name a start and an end where the class has them', async () => {
    for (const name of ['cls_token', 'sep_token'])
      expect(await outcome({ ...bert, [name]: null })).toContain(`says \`${name}\` is null`);
  });

  it('give a token the id that the vocabulary gives it', async () => {
    const other = { added_tokens_decoder: { 5: { content: 'cube' } } };
    expect(await outcome(other)).toMatch(/gives the token cube the id 5, where its id in the vocabulary, 13/);
    const taken = { added_tokens_decoder: { 5: { content: 'new' } } };
    expect(await outcome(taken)).toMatch(/gives the token new the id 5, where another, for that is red/);
    // Versions of transformers do not agree on such an id.
    const far = { added_tokens_decoder: { 77: { content: 'new' } } };
    expect(await outcome(far)).toMatch(/gives the new token new the id 77, where the next one, 19 is expected/);
  });
});
