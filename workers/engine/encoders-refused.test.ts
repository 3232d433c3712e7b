import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf, without } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { tokenizerFiles } from '../../test/support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip } from '../../test/support/tiny-clip.ts';
import { type TinyHead, tinyHead } from '../../test/support/tiny-head.ts';
import { inspectCheckpoint } from './inspect.ts';

const REFERENCE = fileURLToPath(new URL('../../test/reference', import.meta.url));
const read = (checkpoint: string, ...files: string[]): Files =>
  Object.fromEntries(files.map((file) => [file, new Uint8Array(readFileSync(path.join(REFERENCE, checkpoint, file)))]));
const json = (file: string): Record<string, unknown> => JSON.parse(readFileSync(path.join(REFERENCE, file), 'utf8'));

const configs = ['config.json', 'preprocessor_config.json', 'tokenizer_config.json'];
const siglip = read('odd-siglip', ...configs, 'spiece.model', 'onnx/text_model.onnx', 'onnx/vision_model.onnx');
const blip = read('odd-blip', ...configs, 'vocab.txt', 'model.onnx');
const clip = tinyClip();
const siglipTokenizer = json('odd-siglip/tokenizer_config.json');
const blipPreprocessor = json('odd-blip/preprocessor_config.json');

/** odd-siglip with another class for its SentencePiece model. */
const spoken = (tokenizer_class: string | undefined): Files => ({
  ...siglip,
  'tokenizer_config.json': { ...siglipTokenizer, tokenizer_class },
});
const prepared = (more: object): Files => ({ ...blip, 'preprocessor_config.json': { ...blipPreprocessor, ...more } });

const { root } = protobuf.parse(`
  syntax = "proto2";
  message Piece { optional string piece = 1; optional float score = 2; optional int32 type = 3; }
  message Trainer { optional int32 model_type = 3; optional bool byte_fallback = 35; }
  message Normalizer { optional bytes precompiled_charsmap = 2; }
  message Model { repeated Piece pieces = 1; optional Trainer trainer_spec = 2; optional Normalizer normalizer_spec = 3; }
`);
/** odd-siglip with a SentencePiece model of three pieces and what is given. */
function sentencePiece(given: { trainerSpec?: object; normalizerSpec?: object; pieces?: object[] }): Files {
  const pieces = [
    { piece: '<unk>', score: 0, type: 2 },
    { piece: '</s>', score: 0, type: 3 },
    { piece: 'a', score: -1 },
  ];
  const message = { pieces, trainerSpec: { modelType: 1 }, normalizerSpec: {}, ...given };
  const type = root.lookupType('Model');
  return { ...siglip, 'spiece.model': type.encode(type.fromObject(message)).finish() };
}

/** A tiny dual encoder whose tokenizer is the given tokenizer.json. */
const tokenized = (tokenizer: object): Files => ({
  ...without(clip, ...Object.keys(tokenizerFiles('', 7))),
  'tokenizer_config.json': { model_max_length: 7 },
  'tokenizer.json': tokenizer,
});

/** A matching head that judges by the mean colour alone. */
const head = (more: TinyHead): Files => ({ ...blip, 'model.onnx': tinyHead(more) });

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  [
    'a SentencePiece model of a class that numbers pieces otherwise',
    spoken('XLMRobertaTokenizer'),
    'spiece.model',
    /^spiece.model begins with the pieces .*, where <unk>, <s>, <\/s>, as a model of XLMRobertaTokenizer has them is expected; make its tokenizer.json of it: `python -c "from transformers import AutoTokenizer; AutoTokenizer.from_pretrained\('(\d+)'\).save_pretrained\('\1'\)"`\.$/,
  ],
  [
    'a SentencePiece model of no class',
    spoken(undefined),
    'spiece.model',
    /comes without `tokenizer_class` in tokenizer_config.json, where a SentencePiece model of SiglipTokenizer/,
  ],
  [
    'a SentencePiece model that is none',
    { ...siglip, 'spiece.model': 'not a model' },
    'spiece.model',
    /^spiece.model is not a SentencePiece model that can be loaded/,
  ],
  [
    'a byte-pair SentencePiece model',
    sentencePiece({ trainerSpec: { modelType: 2 } }),
    'spiece.model',
    /^spiece.model is a SentencePiece model of byte-pair encoding, where a plain SentencePiece model of Unigram pieces is expected; make its tokenizer.json of it: `python -c /,
  ],
  [
    'a character map that is cut short',
    sentencePiece({ normalizerSpec: { precompiledCharsmap: Buffer.from([255, 255, 255, 255, 1]) } }),
    'spiece.model',
    /its character map is cut short/,
  ],
  ['a SentencePiece model without pieces', sentencePiece({ pieces: [] }), 'spiece.model', /it lacks pieces/],
  [
    'a WordPiece vocabulary without its start',
    { ...blip, 'vocab.txt': '[PAD]\n[UNK]\n[SEP]\na\n' },
    'vocab.txt',
    /^vocab.txt lacks the token \[CLS\]/,
  ],
  [
    'tokens that the model does not have',
    { ...blip, 'config.json': { text_config: { max_position_embeddings: 15, vocab_size: 3 } } },
    'vocab.txt',
    /^vocab.txt gives a token of "a" the id 3, where one of the 3 tokens of the model's config \(vocab_size\) is expected/,
  ],
  [
    'texts that fit no memory',
    { ...head({}), 'tokenizer_config.json': { model_max_length: 900_000 } },
    'vocab.txt',
    /^vocab.txt pads texts to 900000 tokens .*, where a whole number from 2, .* to 8194 is expected/,
  ],
  [
    'a tokenizer of words',
    tokenized({ model: { type: 'WordLevel', vocab: { a: 0 } } }),
    'tokenizer.json',
    /^tokenizer.json has the text "WordLevel" as `model.type`, where one of `BPE`, `WordPiece`, `Unigram` is expected/,
  ],
  [
    'ids that are no numbers',
    tokenized({ model: { type: 'WordPiece', vocab: { a: 'b' } } }),
    'tokenizer.json',
    /^tokenizer.json has the text "b" as `model.vocab.a`, where a number is expected/,
  ],
  [
    'ids beyond all models',
    tokenized({ model: { type: 'WordPiece', vocab: { a: 2 ** 40 } } }),
    'tokenizer.json',
    /^tokenizer.json has 1099511627776 as `model.vocab.a`, where a number of at most/,
  ],
  [
    'a text without an id',
    tokenized({ model: { type: 'WordPiece', vocab: { b: 0 } } }),
    'tokenizer.json',
    /^tokenizer.json gives a token of "a" no id/,
  ],
  [
    'a step that is not known',
    tokenized({ model: { type: 'WordPiece', vocab: { a: 0 } }, normalizer: { type: 'Nmt' } }),
    'tokenizer.json',
    /^tokenizer.json holds the normalizer Nmt, which GDBench does not know/,
  ],
  [
    'steps nested without end',
    {
      ...tokenized({}),
      'tokenizer.json': `{"model":{"type":"WordPiece","vocab":{"a":0}},"normalizer":${'{"type":"Sequence","normalizers":['.repeat(20_000)}null${']}'.repeat(20_000)}}`,
    },
    'tokenizer.json',
    /is not a tokenizer that can be loaded/,
  ],
  [
    'a pattern that is none',
    tokenized({
      model: { type: 'WordPiece', vocab: { a: 0 } },
      pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated', invert: false },
    }),
    'tokenizer.json',
    /is not a tokenizer that can be loaded \(Invalid regular expression/,
  ],
  [
    'a processor whose defaults are not known',
    prepared({ image_processor_type: 'LevitImageProcessor' }),
    'preprocessor_config.json',
    /is for a LevitImageProcessor, whose steps GDBench does not know, where one of CLIPImageProcessor, .* is expected; if /,
  ],
  [
    'a processor that is not known, though its file leaves nothing to defaults',
    prepared({
      image_processor_type: 'LevitImageProcessor',
      size: { height: 15, width: 15 },
      resample: 3,
      do_center_crop: false,
      image_mean: [0.5, 0.5, 0.5],
      image_std: 0.5,
    }),
    'preprocessor_config.json',
    /is for a LevitImageProcessor, whose steps/,
  ],
  [
    'images of any shape, by their processor',
    prepared({ image_processor_type: 'Siglip2ImageProcessorFast', max_num_patches: 256 }),
    'preprocessor_config.json',
    /is for a Siglip2ImageProcessor, which cuts images of any shape into patches \(NaFlex\).*`optimum-cli export onnx --model google/,
  ],
  [
    'a step of another class',
    prepared({ crop_pct: 0.9 }),
    'preprocessor_config.json',
    /says `crop_pct` is 0.9, where a field that a BlipImageProcessor reads is expected; remove it/,
  ],
  [
    'images that are padded to a size',
    prepared({ do_pad: true, pad_size: { height: 20, width: 20 } }),
    'preprocessor_config.json',
    /says `pad_size` is .*, where nothing is expected; remove it/,
  ],
  [
    'images by their longest edge',
    prepared({ size: { longest_edge: 15 } }),
    'preprocessor_config.json',
    /says `size` is \{"longest_edge":15\}, where height and width or a number, from 1 to 4096 is expected/,
  ],
  [
    'a division by zero',
    prepared({ image_std: [1, 0, 1] }),
    'preprocessor_config.json',
    /says `image_std` is \[1,0,1\], where a number other than 0/,
  ],
  [
    'a processor_config.json without images',
    { ...without(blip, 'preprocessor_config.json'), 'processor_config.json': {} },
    'preprocessor_config.json',
    /^preprocessor_config.json is missing/,
  ],
  [
    'an embedding before and one after the projection',
    tinyClip({ ...TINY_CLIP, modelType: null, outputs: { text: 'pooler_output', image: 'image_embeds' } }),
    'text_model.onnx',
    /^text_model.onnx gives `pooler_output`, perhaps from before a projection \(config.json names no model_type\)/,
  ],
  [
    'a variant under a name of its own',
    { ...without(blip, 'model.onnx'), 'onnx/model_fp16.onnx': blip['model.onnx']! },
    'onnx/model.onnx',
    /^onnx\/model.onnx is missing, though onnx\/model_fp16.onnx is there, .*`mv .*\/onnx\/model_fp16.onnx .*\/onnx\/model.onnx`/,
  ],
  [
    'a head of one logit',
    head({ outputs: 1 }),
    'model.onnx',
    /gives `itm_score` as \[batch, 1\], where `itm_score` \[batch, 2\] .* is expected; export a BlipForImageTextRetrieval/,
  ],
  [
    'a head whose inputs insist on different numbers of rows',
    head({ pixels: [2, 3, 15, 15], ids: [3, 'tokens'] }),
    'model.onnx',
    /takes 2 rows of `pixel_values` with 3 of `input_ids`, where one batch for both is expected/,
  ],
  [
    'a head that asks for what is not fed',
    head({ inputs: [{ name: 'foo', type: 'float32', shape: ['batch'] }] }),
    'model.onnx',
    /has the input `foo`, which is not one that GDBench can feed/,
  ],
  [
    'a head that wants its tokens and its mask of two lengths',
    head({ ids: ['batch', 35], inputs: [{ name: 'attention_mask', type: 'int64', shape: ['batch', 15] }] }),
    'model.onnx',
    /takes `attention_mask` with 15 in dimension 1, but the tokenizer gives 35/,
  ],
  [
    'a head whose weights are not numbers',
    head({ weight: Number.NaN }),
    'model.onnx',
    /gives values that are not finite/,
  ],
  [
    'a head without tokenizer',
    without(blip, 'vocab.txt'),
    'tokenizer.json',
    /^tokenizer.json is missing: the folder holds /,
  ],
];

const inspected = async (files: Files) => inspectCheckpoint(await folderOf(files));

describe('a dual encoder or matching head is refused for', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspected(files), file, reason);
  });
});

describe('a dual encoder or matching head is accepted', () => {
  it('as it stands, each by itself', async () => {
    for (const files of [siglip, blip, clip, head({})]) expect(await inspected(files)).toMatchObject({ ok: true });
  });

  it('as a pair of encoders, whatever lies beside them', async () => {
    expect(await inspected({ ...clip, 'model.onnx': blip['model.onnx']! })).toMatchObject({
      ok: true,
      report: { kind: 'dual-encoder' },
    });
  });
});

describe('a SentencePiece model is refused by its name, with the command that makes a tokenizer.json of it', () => {
  const NAMES = ['spiece.model', 'tokenizer.model', 'sentencepiece.bpe.model', 'sentencepiece.model', 'source.spm'];
  const named = (name: string, tokenizer_class: string): Files => ({
    ...without(siglip, 'spiece.model'),
    [name]: siglip['spiece.model']!,
    'tokenizer_config.json': { ...siglipTokenizer, tokenizer_class },
  });
  const command =
    /`python -c "from transformers import AutoTokenizer; AutoTokenizer.from_pretrained\('(\d+)'\).save_pretrained\('\1'\)"`\.$/;

  it.each(NAMES)('%s of a class that reads it otherwise', async (name) => {
    const inspection = await inspectCheckpoint(await folderOf(named(name, 'GemmaTokenizer')));
    expectRefusal(inspection, name, command);
    expect(inspection).toMatchObject({
      faults: [{ found: 'comes with a GemmaTokenizer', expected: expect.stringMatching(/^a SentencePiece model of /) }],
    });
  });

  it.each(NAMES)('%s of a class that is not known', async (name) => {
    const inspection = await inspectCheckpoint(await folderOf(named(name, 'DebertaV2Tokenizer')));
    expectRefusal(inspection, 'tokenizer_config.json', command);
    expect(!inspection.ok && inspection.faults.map(({ file }) => file)).toEqual(['tokenizer_config.json', name]);
  });

  it.each(NAMES)('but %s is served of a class whose reading is known', async (name) => {
    const [one, other] = [
      await inspectCheckpoint(await folderOf(named(name, 'SiglipTokenizer'))),
      await inspectCheckpoint(await folderOf(siglip)),
    ];
    expect(one.ok || one.reason).toBe(true);
    expect(one).toMatchObject({ report: { tokenLength: other.ok && other.report.tokenLength } });
  });
});
