import { z } from 'zod';
import { centreCrop, type Resample, type RgbImage, resize } from './resize.ts';

/** From pixels to a model's float input. */
export interface Preprocess {
  readonly resize: { readonly edge: number } | { readonly width: number; readonly height: number } | null;
  readonly resample: Resample;
  readonly crop: { readonly width: number; readonly height: number } | null;
  /** Value of each of the 256 levels, a table a channel. */
  readonly levels: readonly [Float32Array, Float32Array, Float32Array];
}

/** Pixels to planes: [3, height, width], flattened. */
export function preprocess(image: RgbImage, steps: Preprocess): { height: number; width: number; data: Float32Array } {
  const { resize: to, crop } = steps;
  let pixels = image;
  if (to) {
    const { width, height } = 'edge' in to ? byEdge(pixels, to.edge) : to;
    pixels = resize(pixels, width, height, steps.resample);
  }
  if (crop) pixels = centreCrop(pixels, crop.width, crop.height);
  const area = pixels.width * pixels.height;
  const data = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const level = steps.levels[channel]!;
    for (let i = 0; i < area; i++) data[channel * area + i] = level[pixels.data[i * 3 + channel]!]!;
  }
  return { height: pixels.height, width: pixels.width, data };
}

function byEdge({ width, height }: RgbImage, edge: number): { width: number; height: number } {
  return width <= height
    ? { width: edge, height: Math.trunc((edge * height) / width) }
    : { width: Math.trunc((edge * width) / height), height: edge };
}

/** A diffusion model's input: a square without a crop, values from -1 to 1. */
export function diffusionPreprocess(side: number): Preprocess {
  const table = Float32Array.from({ length: 256 }, (_, level) => 2 * Math.fround(level / 255) - 1);
  return { resize: { width: side, height: side }, resample: 3, crop: null, levels: [table, table, table] };
}

const side = z.number().int().min(1).max(4096);
const edgeOrBox = z.union(
  [
    side,
    z
      .strictObject({
        shortest_edge: side.nullish(),
        height: side.nullish(),
        width: side.nullish(),
        longest_edge: z.null().optional(),
        max_height: z.null().optional(),
        max_width: z.null().optional(),
      })
      .refine(({ shortest_edge, height, width }) => shortest_edge || (height && width)),
  ],
  'it must be a number, shortest_edge, or height and width, of at most 4096',
);
const triple = z.union([z.array(z.number()).length(3), z.number().transform((value) => [value, value, value])]);
/** A step of some processor that is not CLIP's, SigLIP's, BLIP's or ViT's. */
const off = z.literal(false, 'GDBench does not take this step').nullish();

/** What scoring reads of a preprocessor_config.json. */
export const preprocessorConfig = z.looseObject({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  processor_class: z.string().nullish(),
  do_resize: z.boolean().nullish(),
  size: edgeOrBox.nullish(),
  resample: z.number().int().min(0).max(5).nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: edgeOrBox.nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: triple.nullish(),
  image_std: triple.refine((std) => !std.includes(0), 'nothing can be divided by 0').nullish(),
  do_pad: off,
  do_thumbnail: off,
  do_align_long_axis: off,
  do_flip_channel_order: off,
  do_reduce_labels: off,
  do_image_splitting: off,
});
export type PreprocessorConfig = z.output<typeof preprocessorConfig>;

interface Defaults {
  readonly size: number | { readonly height: number; readonly width: number };
  readonly crop: number | null;
  readonly resample: Resample;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073];
const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711];
const HALVES = [0.5, 0.5, 0.5];
const square = (side: number) => ({ height: side, width: side });

/** What transformers' processor classes take where the file is silent. */
const CLIP: Defaults = { size: 224, crop: 224, resample: 3, mean: OPENAI_MEAN, std: OPENAI_STD };
const DEFAULTS: readonly (readonly [RegExp, Defaults])[] = [
  [/^siglip/i, { size: square(224), crop: null, resample: 3, mean: HALVES, std: HALVES }],
  [/^blip/i, { size: square(384), crop: null, resample: 3, mean: OPENAI_MEAN, std: OPENAI_STD }],
  [/^vit(image|feature|processor)/i, { size: square(224), crop: null, resample: 2, mean: HALVES, std: HALVES }],
];

/** The class that a preprocessor_config.json names; '' where it names none, which is read as CLIP's. */
function className(config: PreprocessorConfig): string {
  return config.image_processor_type ?? config.feature_extractor_type ?? config.processor_class ?? '';
}

function defaultsOf(kind: string): Defaults | undefined {
  if (kind === '' || /^(chinese)?clip/i.test(kind)) return CLIP;
  return DEFAULTS.find(([pattern]) => pattern.test(kind))?.[1];
}

/** The class of a preprocessor_config.json that leaves something to defaults which GDBench does not know; otherwise null. */
export function unknownProcessor(config: PreprocessorConfig): string | null {
  const kind = className(config);
  const { size, resample, image_mean: mean, image_std: std, do_center_crop: cropping, crop_size: crop } = config;
  const stated =
    typeof size === 'object' && size && resample != null && mean && std && cropping != null && (!cropping || crop);
  return defaultsOf(kind) || stated ? null : kind;
}

/** Reads a preprocessor_config.json as transformers does. */
export function preprocessFrom(config: PreprocessorConfig): Preprocess {
  const defaults = defaultsOf(className(config)) ?? CLIP;
  const cropping = config.do_center_crop ?? defaults.crop !== null;
  return {
    resize: (config.do_resize ?? true) ? target(config.size ?? defaults.size, defaults) : null,
    resample: (config.resample ?? defaults.resample) as Resample,
    crop: cropping ? box(config.crop_size ?? defaults.crop ?? defaults.size) : null,
    levels: [levelTable(config, defaults, 0), levelTable(config, defaults, 1), levelTable(config, defaults, 2)],
  };
}

type Size = z.output<typeof edgeOrBox> | Defaults['size'];

/** A bare number is the shortest edge for CLIP's processor and a square for the others. */
function target(size: Size, defaults: Defaults): Preprocess['resize'] {
  if (typeof size === 'number')
    return typeof defaults.size === 'number' ? { edge: size } : { width: size, height: size };
  if ('shortest_edge' in size && size.shortest_edge) return { edge: size.shortest_edge };
  return box(size);
}

function box(size: Size): { width: number; height: number } {
  if (typeof size === 'number') return { width: size, height: size };
  const edge = 'shortest_edge' in size ? size.shortest_edge : undefined;
  const [height, width] = [size.height ?? edge, size.width ?? edge];
  if (!height || !width) throw new RangeError('a size needs shortest_edge, or height and width');
  return { width, height };
}

/** In float32 steps, as NumPy takes them. */
function levelTable(config: PreprocessorConfig, defaults: Defaults, channel: number): Float32Array {
  const factor = (config.do_rescale ?? true) ? (config.rescale_factor ?? 1 / 255) : 1;
  const mean = Math.fround((config.image_mean ?? defaults.mean)[channel]!);
  const std = Math.fround((config.image_std ?? defaults.std)[channel]!);
  const normalise = config.do_normalize ?? true;
  return Float32Array.from({ length: 256 }, (_, level) => {
    const value = Math.fround(level * factor);
    return normalise ? Math.fround(value - mean) / std : value;
  });
}
