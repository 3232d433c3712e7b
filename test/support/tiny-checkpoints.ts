import { type GraphSpec, type Op, onnxModel, type TypeName, type Value, type Weights } from './onnx-writer.ts';

/*
 * Checkpoints whose arithmetic fits on a page, so that a test can do it again by hand, in every form that an export may have.
 */

/** Numbers from -1 to 1 that look random; the same for the same arguments. */
export function weightsOf(size: number, salt: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.fround(Math.sin((i + 1) * 12.9898 + salt * 78.233)));
}

/** Letters as the only pieces: a text's tokens are its letters, each word's last one marked. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
export const START = '<|startoftext|>';
export const END = '<|endoftext|>';
export const VOCAB: Readonly<Record<string, number>> = Object.fromEntries(
  [...LETTERS, ...[...LETTERS].map((letter) => `${letter}</w>`), START, END].map((piece, id) => [piece, id]),
);
const VOCAB_SIZE = Object.keys(VOCAB).length;

/** The tokens of a lower-case text of words and spaces, by hand. */
export function tokensOf(text: string, length: number): number[] {
  const words = text.split(' ').filter((word) => word !== '');
  const letters = words.flatMap((word) =>
    [...word].map((letter, i) => VOCAB[i === word.length - 1 ? `${letter}</w>` : letter]!),
  );
  const used = [VOCAB[START]!, ...letters.slice(0, length - 2), VOCAB[END]!];
  return [...used, ...Array<number>(length - used.length).fill(VOCAB[END]!)];
}

export function tokenizerFiles(dir: string, length: number): Record<string, object | string> {
  const special = { bos_token: START, eos_token: END, unk_token: END, pad_token: END };
  return {
    [`${dir}vocab.json`]: VOCAB,
    [`${dir}merges.txt`]: '#version: 0.2\n',
    [`${dir}tokenizer_config.json`]: { ...special, model_max_length: length, tokenizer_class: 'CLIPTokenizer' },
    [`${dir}special_tokens_map.json`]: special,
  };
}

export interface TinyDiffusion {
  readonly channels: number;
  /** Of the latent; the image is twice as large. */
  readonly side: number;
  readonly tokens: number;
  readonly width: number;
  readonly batch: number | 'batch';
  readonly timestep: { readonly type: TypeName; readonly shape: readonly (number | string)[] };
  /** The graph breaks on more than one timestep, whatever its input says. */
  readonly oneStep: boolean;
  /** The graph takes any number of timesteps, and reads the first alone. */
  readonly firstStep?: boolean;
  readonly ids: 'int32' | 'int64';
  readonly floats: 'float32' | 'float16';
  readonly vae: 'parameters' | 'drawn like' | 'drawn';
  /** Whether the graphs of images leave their sides open, or their channels too; default: nothing but the batch. */
  readonly open?: 'sides' | 'all';
  readonly scheduler: Readonly<Record<string, unknown>>;
}

export const TINY_DIFFUSION: TinyDiffusion = {
  channels: 2,
  side: 3,
  tokens: 6,
  width: 5,
  batch: 'batch',
  timestep: { type: 'int64', shape: ['steps'] },
  oneStep: false,
  ids: 'int64',
  floats: 'float32',
  vae: 'parameters',
  scheduler: { beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012, num_train_timesteps: 1000 },
};

export const SCALING = 0.5;
/** out = SAMPLE * x + STATES * mean(hidden) + STEP * t, in every element. */
export const UNET = { sample: 0.9, states: 0.7, step: 0.001 };

const scalar = (name: string, value: number): Weights => ({ name, dims: [], data: Float32Array.of(value) });
const column: Weights = { name: 'column', dims: [4], data: BigInt64Array.of(-1n, 1n, 1n, 1n) };
const cast = (from: string, to: string, type = 1): Op => ({
  op: 'Cast',
  in: [from],
  out: to,
  attributes: { to: type },
});

/** [batch, channels, height, width] of the U-Net's input. */
function latentShape({ batch, channels, side, open }: TinyDiffusion): (number | string)[] {
  if (open === 'all') return [batch, 'channels', 'height', 'width'];
  return open === 'sides' ? [batch, channels, 'height', 'width'] : [batch, channels, side, side];
}

function identity(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
}

export function tinyUnet(tiny: TinyDiffusion, more: readonly Value[] = []): GraphSpec {
  const { channels, tokens, width, batch, floats, timestep } = tiny;
  const latent = latentShape(tiny);
  return {
    inputs: [
      { name: 'sample', type: floats, shape: latent },
      { name: 'timestep', ...timestep },
      { name: 'encoder_hidden_states', type: floats, shape: [batch, tokens, width] },
      ...more,
    ],
    outputs: [{ name: 'out_sample', type: floats, shape: latent }],
    weights: [
      column,
      { ...column, name: 'first', dims: [1], data: BigInt64Array.of(0n) },
      { ...column, name: 'steps', data: BigInt64Array.of(tiny.oneStep ? 1n : -1n, 1n, 1n, 1n) },
      { name: 'same', dims: [channels, channels, 1, 1], data: identity(channels) },
      scalar('a', UNET.sample),
      scalar('b', UNET.states),
      scalar('c', UNET.step),
    ],
    ops: [
      cast('sample', 'x'),
      cast('timestep', 't'),
      cast('encoder_hidden_states', 'h'),
      ...(tiny.firstStep ? [{ op: 'Gather', in: ['t', 'first'], out: 't1', attributes: { axis: 0 } }] : []),
      { op: 'Reshape', in: [tiny.firstStep ? 't1' : 't', 'steps'], out: 't4' },
      { op: 'ReduceMean', in: ['h'], out: 'mean', attributes: { axes: [1, 2], keepdims: 1 } },
      { op: 'Reshape', in: ['mean', 'column'], out: 'h4' },
      // Real U-Nets begin with a convolution, which here changes nothing.
      { op: 'Conv', in: ['x', 'same'], out: 'x1', attributes: { kernel_shape: [1, 1] } },
      { op: 'Mul', in: ['x1', 'a'], out: 'xa' },
      { op: 'Mul', in: ['h4', 'b'], out: 'hb' },
      { op: 'Mul', in: ['t4', 'c'], out: 'tc' },
      { op: 'Add', in: ['xa', 'hb'], out: 'xh' },
      { op: 'Add', in: ['xh', 'tc'], out: 'sum' },
      cast('sum', 'out_sample', floats === 'float16' ? 10 : 1),
    ],
  };
}

export const embeddings = (width: number): Float32Array => weightsOf(VOCAB_SIZE * width, 1);
export const vaeKernel = (rows: number): Float32Array => weightsOf(rows * 3, 2);

export function tinyText({ tokens, width, batch, ids, floats }: TinyDiffusion): GraphSpec {
  return {
    inputs: [{ name: 'input_ids', type: ids, shape: [batch, tokens] }],
    outputs: [{ name: 'last_hidden_state', type: floats, shape: [batch, tokens, width] }],
    weights: [{ name: 'table', dims: [VOCAB_SIZE, width], data: embeddings(width) }],
    ops: [
      { op: 'Gather', in: ['table', 'input_ids'], out: 'rows' },
      cast('rows', 'last_hidden_state', floats === 'float16' ? 10 : 1),
    ],
  };
}

/** Means of 2 by 2 pixels, then a 1 by 1 convolution. */
export function tinyVae({ channels, side, batch, vae, open }: TinyDiffusion): GraphSpec {
  const rows = vae === 'parameters' ? 2 * channels : channels;
  const output = vae === 'parameters' ? 'latent_parameters' : 'latent_sample';
  const image: Op = {
    op: 'AveragePool',
    in: ['sample'],
    out: 'small',
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  };
  const mean: Op = {
    op: 'Conv',
    in: ['small', 'kernel'],
    out: vae === 'parameters' ? output : 'mean',
    attributes: { kernel_shape: [1, 1] },
  };
  const draw: Op[] =
    vae === 'parameters'
      ? []
      : [
          vae === 'drawn'
            ? { op: 'RandomNormal', in: [], out: 'noise', attributes: { shape: [1, rows, side, side] } }
            : { op: 'RandomNormalLike', in: ['mean'], out: 'noise' },
          { op: 'Add', in: ['mean', 'noise'], out: output },
        ];
  return {
    inputs: [
      {
        name: 'sample',
        type: 'float32',
        shape: open ? [batch, open === 'all' ? 'channels' : 3, 'height', 'width'] : [batch, 3, 2 * side, 2 * side],
      },
    ],
    outputs: [
      {
        name: output,
        type: 'float32',
        shape: open ? [batch, open === 'all' ? 'latent' : rows, 'rows', 'columns'] : [batch, rows, side, side],
      },
    ],
    weights: [{ name: 'kernel', dims: [rows, 3, 1, 1], data: vaeKernel(rows) }],
    ops: [image, mean, ...draw],
  };
}

/** The files of a latent diffusion checkpoint. */
export function tinyDiffusion(tiny: TinyDiffusion = TINY_DIFFUSION): Record<string, string | Uint8Array | object> {
  const part = ['diffusers', 'OnnxRuntimeModel'];
  return {
    'model_index.json': {
      _class_name: 'OnnxStableDiffusionPipeline',
      scheduler: ['diffusers', 'DDIMScheduler'],
      tokenizer: ['transformers', 'CLIPTokenizer'],
      text_encoder: part,
      unet: part,
      vae_encoder: part,
      vae_decoder: part,
      safety_checker: [null, null],
      requires_safety_checker: false,
    },
    'scheduler/scheduler_config.json': tiny.scheduler,
    ...tokenizerFiles('tokenizer/', tiny.tokens),
    'text_encoder/config.json': { max_position_embeddings: tiny.tokens },
    'text_encoder/model.onnx': onnxModel(tinyText(tiny)),
    'unet/config.json': { sample_size: tiny.side, in_channels: tiny.channels },
    'unet/model.onnx': onnxModel(tinyUnet(tiny)),
    'vae_encoder/config.json': { block_out_channels: [4, 8], scaling_factor: SCALING },
    'vae_encoder/model.onnx': onnxModel(tinyVae(tiny)),
  };
}

/** The tiny diffusion model with its U-Net's graph changed. */
export const changedUnet = (change: (spec: GraphSpec) => GraphSpec) => ({
  ...tinyDiffusion(),
  'unet/model.onnx': onnxModel(change(tinyUnet(TINY_DIFFUSION))),
});

/** The same with one more step behind the graph's first, on `x`, and the weights that it needs. */
export const withUnetOp = (op: Op, more: GraphSpec['weights'] = []) =>
  changedUnet((spec) => ({
    ...spec,
    weights: [...spec.weights, ...more],
    ops: [
      spec.ops[0]!,
      op,
      ...spec.ops.slice(1).map((one) => ({ ...one, in: one.in.map((x) => (x === 'x' ? op.out : x)) })),
    ],
  }));
