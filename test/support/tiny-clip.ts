import { type GraphSpec, onnxModel } from './onnx-writer.ts';
import { embeddings, tokenizerFiles, VOCAB, weightsOf } from './tiny-checkpoints.ts';

/*
 * Dual encoders whose arithmetic fits on a page, in the layouts that exporters write.
 */

export interface TinyClip {
  readonly layout: 'split' | 'split in onnx/' | 'joint' | 'immich' | 'open_clip' | 'open_clip joint';
  /** config.json's; null where it says none. */
  readonly modelType: string | null;
  readonly tokens: number;
  readonly side: number;
  /** The side that the image processor's file states, where that is another. */
  readonly stated?: number;
  readonly width: number;
  readonly texts: number | string;
  readonly images: number | string;
  readonly ids: 'int32' | 'int64';
  readonly inputs: { readonly text: string; readonly image: string };
  readonly outputs: { readonly text: string; readonly image: string };
}

export const TINY_CLIP: TinyClip = {
  layout: 'split',
  modelType: 'clip',
  tokens: 7,
  side: 4,
  width: 6,
  texts: 'texts',
  images: 'images',
  ids: 'int64',
  inputs: { text: 'input_ids', image: 'pixel_values' },
  outputs: { text: 'text_embeds', image: 'image_embeds' },
};

/** What open_clip and immich call their ends. */
export const OPEN_CLIP_ENDS = {
  inputs: { text: 'text', image: 'image' },
  outputs: { text: 'text_features', image: 'image_features' },
} as const satisfies Partial<TinyClip>;
export const IMMICH_ENDS = {
  inputs: { text: 'text', image: 'image' },
  outputs: { text: 'embedding', image: 'embedding' },
} as const satisfies Partial<TinyClip>;

const MEAN = [0.4, 0.5, 0.6];
const STD = [0.2, 0.3, 0.4];

export const imageKernel = (width: number): Float32Array => weightsOf(3 * width, 3);

/** Text: the mean of its tokens' embeddings. Image: its mean colour times a matrix. */
export function tinyTowers(tiny: TinyClip): { text: GraphSpec; image: GraphSpec } {
  const { tokens, side, width, inputs, outputs } = tiny;
  const text: GraphSpec = {
    inputs: [{ name: inputs.text, type: tiny.ids, shape: [tiny.texts, tokens] }],
    outputs: [{ name: outputs.text, type: 'float32', shape: [tiny.texts, width] }],
    weights: [{ name: 'table', dims: [Object.keys(VOCAB).length, width], data: embeddings(width) }],
    ops: [
      { op: 'Gather', in: ['table', inputs.text], out: 'rows' },
      { op: 'ReduceMean', in: ['rows'], out: outputs.text, attributes: { axes: [1], keepdims: 0 } },
    ],
  };
  const image: GraphSpec = {
    inputs: [{ name: inputs.image, type: 'float32', shape: [tiny.images, 3, side, side] }],
    outputs: [{ name: outputs.image, type: 'float32', shape: [tiny.images, width] }],
    weights: [{ name: 'matrix', dims: [3, width], data: imageKernel(width) }],
    ops: [
      { op: 'ReduceMean', in: [inputs.image], out: 'colour', attributes: { axes: [2, 3], keepdims: 0 } },
      { op: 'MatMul', in: ['colour', 'matrix'], out: outputs.image },
    ],
  };
  return { text, image };
}

/** The files of a dual encoder. */
export function tinyClip(tiny: TinyClip = TINY_CLIP): Record<string, string | Uint8Array | object> {
  return { ...graphFiles(tiny), ...(OPEN_CLIP_LAYOUTS.includes(tiny.layout) ? openClipFiles(tiny) : plainFiles(tiny)) };
}

const OPEN_CLIP_LAYOUTS: readonly TinyClip['layout'][] = ['immich', 'open_clip', 'open_clip joint'];

function graphFiles(tiny: TinyClip): Record<string, Uint8Array> {
  const { text, image } = tinyTowers(tiny);
  const both: GraphSpec = {
    inputs: [...text.inputs, ...image.inputs],
    outputs: [...text.outputs, ...image.outputs],
    weights: [...text.weights, ...image.weights],
    ops: [...text.ops, ...image.ops],
  };
  const pair = (words: string, seen: string) => ({ [words]: onnxModel(text), [seen]: onnxModel(image) });
  switch (tiny.layout) {
    case 'split':
      return pair('text_model.onnx', 'vision_model.onnx');
    case 'split in onnx/':
      return pair('onnx/text_model.onnx', 'onnx/vision_model.onnx');
    case 'immich':
      return pair('textual/model.onnx', 'visual/model.onnx');
    case 'open_clip':
      return pair('textual.onnx', 'visual.onnx');
    default:
      return { 'model.onnx': onnxModel(both) };
  }
}

function plainFiles({ tokens, modelType, ...tiny }: TinyClip): Record<string, string | object> {
  const side = tiny.stated ?? tiny.side;
  return {
    'config.json': {
      ...(modelType === null ? {} : { model_type: modelType }),
      text_config: { max_position_embeddings: tokens },
    },
    'preprocessor_config.json': {
      image_processor_type: 'CLIPImageProcessor',
      size: { shortest_edge: side },
      crop_size: { height: side, width: side },
      image_mean: MEAN,
      image_std: STD,
    },
    ...tokenizerFiles('', tokens),
  };
}

/** As open_clip keeps its configuration: in one file, or as immich parts it. */
function openClipFiles({ layout, tokens, ...tiny }: TinyClip): Record<string, string | object> {
  const side = tiny.stated ?? tiny.side;
  const model = {
    embed_dim: 6,
    vision_cfg: { image_size: side, layers: 1, width: 8, patch_size: 2 },
    text_cfg: { context_length: tokens, vocab_size: Object.keys(VOCAB).length, width: 8, heads: 1, layers: 1 },
  };
  const preprocess = { mean: MEAN, std: STD, interpolation: 'bicubic', resize_mode: 'shortest' };
  if (layout !== 'immich')
    return {
      'open_clip_config.json': { model_cfg: model, preprocess_cfg: preprocess },
      ...tokenizerFiles('', 77),
    };
  return {
    'config.json': model,
    'visual/preprocess_cfg.json': { size: [side, side], mode: 'RGB', ...preprocess, fill_color: 0 },
    ...tokenizerFiles('textual/', 77),
  };
}
