import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { type Files, folderOf, merged, without } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { IMMICH_ENDS, OPEN_CLIP_ENDS, TINY_CLIP, type TinyClip, tinyClip } from '../../test/support/tiny-clip.ts';
import { type TinyHead, tinyHead } from '../../test/support/tiny-head.ts';
import { inspectCheckpoint } from './inspect.ts';

const REFERENCE = fileURLToPath(new URL('../../test/reference/odd-blip', import.meta.url));
const read = (file: string): string => readFileSync(path.join(REFERENCE, file), 'utf8');

const clip = (more: Partial<TinyClip> = {}): Files => tinyClip({ ...TINY_CLIP, ...more });
const config = (files: Files, more: object): Files => merged(files, 'config.json', more);
const processor = (files: Files, more: object): Files => merged(files, 'preprocessor_config.json', more);
const POOLED = { text: 'pooler_output', image: 'pooler_output' };

const BLIP = { model_type: 'blip', architectures: ['BlipForImageTextRetrieval'] };
/** A BLIP's folder around a graph of two logits. */
const blip = (head: TinyHead, type: object = BLIP): Files => ({
  'config.json': { ...type, text_config: { max_position_embeddings: 15, vocab_size: 150 } },
  'preprocessor_config.json': { image_processor_type: 'BlipImageProcessor', size: { height: 15, width: 15 } },
  'tokenizer_config.json': read('tokenizer_config.json'),
  'vocab.txt': read('vocab.txt'),
  'model.onnx': tinyHead(head),
});
const immich = clip({ layout: 'immich', ...IMMICH_ENDS });
const openClip = clip({ layout: 'open_clip', ...OPEN_CLIP_ENDS });
const textConfig = (more: object): Files => {
  const { text_cfg, ...rest } = immich['config.json'] as { text_cfg: object };
  return { ...immich, 'config.json': { ...rest, text_cfg: { ...text_cfg, ...more } } };
};

const EXPORT_CLIP = /`optimum-cli export onnx --model MODEL --task zero-shot-image-classification OUT\/`/;

const refusals: [title: string, files: Files, file: string, ...reasons: RegExp[]][] = [
  [
    'a CLIP without projections, of whatever widths',
    clip({ outputs: POOLED }),
    'text_model.onnx',
    /^text_model.onnx gives `pooler_output`, from before the projection .* `text_embeds` of a CLIPTextModelWithProjection/,
    /vision_model.onnx gives `pooler_output`, .* `image_embeds` of a CLIPVisionModelWithProjection/,
    EXPORT_CLIP,
  ],
  [
    'a CLIP without projections whose source is known',
    config(clip({ outputs: POOLED }), { _name_or_path: 'openai/clip-vit-base-patch32' }),
    'text_model.onnx',
    /--model openai\/clip-vit-base-patch32 --task/,
  ],
  [
    'a config of one tower alone, of a CLIP without projections',
    config(clip({ outputs: POOLED }), { model_type: 'clip_text_model' }),
    'text_model.onnx',
    /of a CLIPTextModelWithProjection/,
  ],
  [
    'another model without projections',
    config(clip({ outputs: POOLED }), { model_type: 'chinese_clip' }),
    'text_model.onnx',
    /from before the projection .* where `text_embeds` \(projected\) is expected/,
  ],
  [
    'a joint graph with what comes before its projections',
    clip({ layout: 'joint', outputs: { text: 'text_embeds', image: 'pooler_output' } }),
    'model.onnx',
    /^model.onnx gives `text_embeds`, `pooler_output`, from before the projection .* `image_embeds`/,
  ],
  [
    'pooled outputs of a joint SigLIP, of which nobody knows whose they are',
    clip({ layout: 'joint', modelType: 'siglip', outputs: { text: 'pooler_output', image: 'pooler_output_1' } }),
    'model.onnx',
    /where `text_embeds`/,
  ],
  [
    "encoders with each other's outputs",
    clip({ outputs: { text: 'image_embeds', image: 'text_embeds' } }),
    'text_model.onnx',
    /^text_model.onnx gives `image_embeds`, the embedding of images, where `text_embeds` is expected/,
    /vision_model.onnx gives `text_embeds`, the embedding of texts/,
  ],
  [
    "encoders under each other's names",
    {
      ...clip(),
      'text_model.onnx': clip()['vision_model.onnx']!,
      'vision_model.onnx': clip()['text_model.onnx']!,
    },
    'text_model.onnx',
    /text_model.onnx takes `pixel_values`, as an encoder of images does, where an encoder of texts is expected/,
    /vision_model.onnx takes `input_ids`, as an encoder of texts does/,
  ],
  [
    'a model type that is not known',
    config(clip(), { model_type: 'fooclip' }),
    'config.json',
    /^config.json says `model_type` is "fooclip", where a dual encoder that GDBench knows \(.*clip.*siglip.*\) is expected; if .* write "clip"/,
  ],
  [
    'a model that embeds images and texts together',
    config(clip(), { model_type: 'bridgetower' }),
    'config.json',
    /"bridgetower", which embeds an image and a text together, so that neither/,
  ],
  ['a model of videos', config(clip(), { model_type: 'xclip' }), 'config.json', /"xclip", which reads videos/],
  [
    'a matching head of a type that is not known',
    blip({}, { model_type: 'albef' }),
    'config.json',
    /"albef", where a matching head that GDBench knows \(blip, blip-2\) is expected; .* write "blip"/,
  ],
  [
    'a matching head that calls itself a dual encoder',
    blip({}, { model_type: 'clip' }),
    'config.json',
    /says `model_type` is "clip", where a matching head/,
  ],
  [
    'an image processor without a class, of no model type',
    processor(clip({ modelType: null }), { image_processor_type: null }),
    'preprocessor_config.json',
    /names no image processor, and neither does the model type, where `image_processor_type` is expected; write the class/,
  ],
  [
    'an image processor without a class, of a type that has none of its own',
    processor(clip({ modelType: 'vision-text-dual-encoder' }), { image_processor_type: null }),
    'preprocessor_config.json',
    /names no image processor/,
  ],
  [
    'an image processor without a class, of a NaFlex model',
    processor(clip({ modelType: 'siglip2' }), { image_processor_type: null }),
    'preprocessor_config.json',
    /is for a Siglip2ImageProcessor, which cuts images of any shape into patches \(NaFlex\)/,
  ],
  [
    'two files that prepare images in two ways, of which versions of transformers read one or the other',
    {
      ...clip(),
      'processor_config.json': {
        image_processor: { ...(clip()['preprocessor_config.json'] as object), image_mean: [0.5, 0.5, 0.5] },
      },
    },
    'processor_config.json',
    /^processor_config.json prepares images otherwise than preprocessor_config.json, .*; remove the one/,
  ],
  [
    'images that are left as they come',
    processor(clip(), { do_center_crop: false }),
    'preprocessor_config.json',
    /leaves images of different sizes .* where one size for all images is expected/,
  ],
  [
    'an immich folder without its preprocessing',
    without(immich, 'visual/preprocess_cfg.json'),
    'visual/preprocess_cfg.json',
    /^visual\/preprocess_cfg.json is missing/,
  ],
  [
    "a field that open_clip's preprocessing does not have",
    merged(immich, 'visual/preprocess_cfg.json', { crop_pct: 0.9 }),
    'visual/preprocess_cfg.json',
    /says `crop_pct` is 0.9, where a field that open_clip's preprocessing reads/,
  ],
  [
    'an open_clip_config.json whose preprocessing cannot be served',
    {
      ...openClip,
      'open_clip_config.json': {
        ...(openClip['open_clip_config.json'] as object),
        preprocess_cfg: { interpolation: 'area', mean: 'openai' },
      },
    },
    'open_clip_config.json',
    /says `preprocess_cfg.interpolation` is "area", where "bicubic" or "bilinear" or "random" is expected/,
    /says `preprocess_cfg.mean` is "openai"/,
  ],
  [
    'texts that open_clip changes in ways that are not known',
    textConfig({
      tokenizer_kwargs: { strip_sep_token: true, clean: 'ftfy' },
      tokenizer_mode: 'clips',
      embed_cls: true,
    }),
    'config.json',
    /`text_cfg.tokenizer_kwargs.strip_sep_token` is true/,
    /`text_cfg.tokenizer_kwargs.clean` is "ftfy"/,
    /`text_cfg.tokenizer_mode` is "clips"/,
    /`text_cfg.embed_cls` is true/,
  ],
  [
    'half of an immich folder',
    without(immich, 'visual/model.onnx'),
    'visual/model.onnx',
    /^visual\/model.onnx is missing.* where an encoder of images beside textual\/model.onnx is expected/,
  ],
  [
    'a BLIP that writes captions',
    blip({ name: '512' }, { model_type: 'blip', architectures: ['BlipForConditionalGeneration'] }),
    'model.onnx',
    /^model.onnx is of a BlipForConditionalGeneration \(config.json\), where `itm_score` \[batch, 2\].* is expected; export a BlipForImageTextRetrieval/,
  ],
  [
    'a BLIP that compares embeddings instead of matching',
    blip({ name: '512', shape: ['batch', 'batch'] }),
    'model.onnx',
    /^model.onnx gives `512` \[batch, batch\], where `itm_score` \[batch, 2\]/,
  ],
  [
    'a BLIP of two outputs that could be the head',
    blip({ name: '512', also: ['513'] }),
    'model.onnx',
    /gives `512` \[batch, 2\], `513` \[batch, 2\], where `itm_score`/,
  ],
  [
    'a BLIP of two rows, whose two columns may be anything',
    blip({ name: '512', pixels: [2, 3, 15, 15], shape: [2, 2] }),
    'model.onnx',
    /gives `512` \[2, 2\], where `itm_score`/,
  ],
  [
    'a BLIP-2 that compares embeddings instead of matching',
    blip({ name: 'logits_per_image', shape: ['images', 'texts'] }, { model_type: 'blip-2' }),
    'model.onnx',
    /where `itm_score` .* is expected; export a Blip2ForImageTextRetrieval with `use_image_text_matching_head=True`/,
  ],
  [
    'a BLIP as a pair of encoders',
    config(clip(), { model_type: 'blip' }),
    'text_model.onnx',
    /^text_model.onnx and vision_model.onnx are encoders apart, though config.json says blip/,
  ],
  [
    'a matching head that gives probabilities',
    blip({ softmax: true }),
    'model.onnx',
    /gives `itm_score` as probabilities, .* export the head without its softmax/,
  ],
  [
    'what is wrong beside a config.json that is missing',
    processor(without(clip(), 'config.json'), { crop_pct: 0.9 }),
    'config.json',
    /^config.json is missing/,
    /`crop_pct` is 0.9/,
  ],
  [
    'what is wrong beside a model type that is not known',
    processor(config(clip({ outputs: POOLED }), { model_type: 'fooclip' }), { crop_pct: 0.9 }),
    'config.json',
    /"fooclip"/,
    /text_model.onnx gives `pooler_output`/,
    /`crop_pct` is 0.9/,
  ],
  [
    'all that is wrong with it, at once',
    processor(without(clip({ outputs: POOLED }), 'vocab.json', 'merges.txt'), {
      image_processor_type: 'CLIPImageProcessorFast',
      resample: 'bicubic',
      crop_pct: 0.9,
    }),
    'text_model.onnx',
    /text_model.onnx gives `pooler_output`/,
    /vision_model.onnx gives `pooler_output`/,
    /`crop_pct` is 0.9/,
    /`resample` is "bicubic", .*; write 3/,
    /tokenizer/,
  ],
];

const inspected = async (files: Files) => inspectCheckpoint(await folderOf(files));

describe('a dual encoder or matching head is refused for', () => {
  it.each(refusals)('%s', async (_, files, file, ...reasons) => {
    const inspection = await inspected(files);
    for (const reason of each(reasons)) expectRefusal(inspection, file, reason);
    // Nobody is asked for what the other kind has.
    const said = inspection.ok ? '' : inspection.reason;
    if (/itm_score/.test(said)) expect(said).not.toMatch(/text_embeds|image_embeds/);
  });
});

describe('a dual encoder or matching head is served', () => {
  it.each([
    ['an image processor without a class, by the model type', processor(clip(), { image_processor_type: null })],
    [
      'an image processor without a class or model type, by its processor',
      processor(clip({ modelType: null }), { image_processor_type: null, processor_class: 'CLIPProcessor' }),
    ],
    ['the config of one tower', config(clip(), { model_type: 'clip_vision_model' })],
    [
      'a fast class',
      processor(clip(), { image_processor_type: 'CLIPImageProcessorFast', disable_grouping: null, device: null }),
    ],
    ['a head under another name, of no stated architecture', blip({ name: 'logits' }, { model_type: 'blip' })],
    ['a head of its own name, of no model type', blip({}, {})],
    ['a head beside other outputs', blip({ name: '512', shape: ['batch', 2] })],
    ['a head of an undeclared shape', blip({ shape: [] })],
    ["a config beside open_clip's", { ...clip(), 'open_clip_config.json': openClip['open_clip_config.json']! }],
    [
      'an immich folder whose tokenizer is stated anew',
      textConfig({ tokenizer_kwargs: { clean: 'lower' }, tokenizer_mode: null }),
    ],
  ] as [string, Files][])('with %s', async (_, files) => {
    const inspection = await inspected(files);
    expect(inspection.ok ? '' : inspection.reason).toBe('');
  });

  it.each([
    ['a square', clip({ stated: 5 }), '5 x 5'],
    [
      'a box',
      processor(clip(), {
        image_processor_type: 'SiglipImageProcessor',
        size: { height: 5, width: 6 },
        crop_size: null,
      }),
      '6 x 5',
    ],
  ])('at the size of its graph where the processor of %s states another, and says so', async (_, files, stated) => {
    const inspection = await inspected(files);
    expect(inspection).toMatchObject({
      ok: true,
      report: {
        inputSize: { width: 4, height: 4 },
        warnings: [
          `vision_model.onnx takes images of 4 x 4 pixels, and preprocessor_config.json says ${stated}: they are brought to the graph's size.`,
        ],
      },
    });
  });
});
