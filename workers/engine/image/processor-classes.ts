import type { Resample } from './resize.ts';

/*
 * The image processor classes that are known to be read right, with what each takes where its file is silent, from their sources
 * in transformers 4.57 and 5.18 (models/<name>/image_processing_<name>.py, and beside it _fast and _pil). A class that is not here
 * is refused, whatever its file says.
 */

export interface Box {
  readonly width: number;
  readonly height: number;
}

export interface ProcessorClass {
  readonly name: string;
  /** What a bare number as `size` means; null where the versions of the class do not agree, or fail on one. */
  readonly bareSize: 'edge' | 'box' | null;
  /** Whether `size` may be a shortest edge, and whether it may be height and width. */
  readonly forms: readonly ('edge' | 'box')[];
  readonly size: { readonly edge: number } | Box;
  /** null where the versions of the class do not agree: the file must say it. */
  readonly resample: Resample | null;
  /** Its centre crop; null for a class that has none of its own. */
  readonly crop: { readonly on: boolean; readonly size: Box } | null;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Steps that few classes have. */
  readonly steps: readonly SpecialStep[];
  /** Fields of its own that change no pixel. */
  readonly without: readonly string[];
}

/**
 * `crop_pct`: below 384 pixels the shortest edge becomes size / crop_pct, then size is cut out; from there on size is a square.
 * `rescale_offset`: 1 is taken away after the rescale. `include_top`: divides by image_std once more.
 */
export type SpecialStep = 'crop_pct' | 'rescale_offset' | 'include_top';

const OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073];
const OPENAI_STD = [0.26862954, 0.26130258, 0.27577711];
const HALVES = [0.5, 0.5, 0.5];
const square = (side: number): Box => ({ height: side, width: side });

const CLIP = {
  bareSize: 'edge',
  forms: ['edge', 'box'],
  size: { edge: 224 },
  resample: 3,
  crop: { on: true, size: square(224) },
  mean: OPENAI_MEAN,
  std: OPENAI_STD,
  steps: [],
  without: [],
} as const satisfies Omit<ProcessorClass, 'name'>;
const SQUARE = {
  bareSize: 'box',
  forms: ['box'],
  crop: null,
  mean: HALVES,
  std: HALVES,
  steps: [],
  without: [],
} as const;

const CLASSES: readonly ProcessorClass[] = [
  { name: 'CLIPImageProcessor', ...CLIP },
  { name: 'ChineseCLIPImageProcessor', ...CLIP },
  { name: 'BitImageProcessor', ...CLIP },
  { name: 'SiglipImageProcessor', ...SQUARE, bareSize: null, size: square(224), resample: 3 },
  { name: 'BlipImageProcessor', ...SQUARE, size: square(384), resample: 3, mean: OPENAI_MEAN, std: OPENAI_STD },
  { name: 'ViTImageProcessor', ...SQUARE, size: square(224), resample: 2 },
  { name: 'DeiTImageProcessor', ...SQUARE, size: square(256), resample: 3, crop: { on: true, size: square(224) } },
  {
    name: 'EfficientNetImageProcessor',
    ...SQUARE,
    size: square(346),
    resample: null,
    crop: { on: false, size: square(289) },
    steps: ['rescale_offset', 'include_top'],
  },
  {
    name: 'ConvNextImageProcessor',
    ...SQUARE,
    bareSize: 'edge',
    forms: ['edge'],
    size: { edge: 384 },
    resample: null,
    steps: ['crop_pct'],
  },
  {
    name: 'FlavaImageProcessor',
    ...SQUARE,
    size: square(224),
    resample: 3,
    crop: { on: true, size: square(224) },
    mean: OPENAI_MEAN,
    std: OPENAI_STD,
    // The second picture, for the codebook, and the masks of its training.
    without: [
      'return_image_mask',
      'input_size_patches',
      'total_mask_patches',
      'mask_group_min_patches',
      'mask_group_max_patches',
      'mask_group_min_aspect_ratio',
      'mask_group_max_aspect_ratio',
      'return_codebook_pixels',
      'codebook_do_resize',
      'codebook_size',
      'codebook_resample',
      'codebook_do_center_crop',
      'codebook_crop_size',
      'codebook_do_rescale',
      'codebook_rescale_factor',
      'codebook_do_map_pixels',
      'codebook_do_normalize',
      'codebook_image_mean',
      'codebook_image_std',
    ],
  },
];

/** open_clip's evaluation transform, which Jina CLIP's processor and the preprocess_cfg of open_clip itself are. */
export const JINA_CLASS = 'JinaCLIPImageProcessor';

export const KNOWN_CLASSES: readonly string[] = [...CLASSES.map(({ name }) => name), JINA_CLASS];

/** Classes whose images have no one size, and what to have instead. */
const UNEVEN: Readonly<Record<string, { readonly found: string; readonly remedy: string }>> = {
  Siglip2ImageProcessor: {
    found: 'cuts images of any shape into patches (NaFlex)',
    remedy:
      'export a SigLIP 2 of a fixed resolution: `optimum-cli export onnx --model google/siglip2-base-patch16-224 OUT/`',
  },
  VideoMAEImageProcessor: { found: 'reads videos', remedy: 'give a model of single images' },
  ViltImageProcessor: {
    found: 'pads images to the largest of a batch',
    remedy: 'give a CLIP, SigLIP or BLIP model',
  },
  BridgeTowerImageProcessor: {
    found: 'pads images to the largest of a batch',
    remedy: 'give a CLIP, SigLIP or BLIP model',
  },
};

/**
 * The name that transformers gives the class itself: the older name, and the names of its other makes, mean the same. The fast ones
 * resize with torchvision, a level off here and there; the reference is Pillow (GDBENCH.md 1.4).
 */
export function plainName(name: string): string {
  return name.replace(/FeatureExtractor$/, 'ImageProcessor').replace(/ImageProcessor(Fast|Pil)$/, 'ImageProcessor');
}

/** @param name as plainName gives it. */
export function processorClass(name: string): ProcessorClass | undefined {
  return CLASSES.find((one) => one.name === name);
}

/** Why no image processor of that class could be served, and what to do; undefined where nothing but its name is known. */
export function unevenClass(name: string): { readonly found: string; readonly remedy: string } | undefined {
  return UNEVEN[name];
}
