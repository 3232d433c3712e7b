import type { Fields } from '../checkpoint/fields.ts';
import { levelTables, type Preprocess } from './preprocess.ts';
import type { Box } from './processor-classes.ts';
import { LARGEST_SIDE } from './transformers-processor.ts';

/** The fields of open_clip's PreprocessCfg, all of which are applied. */
export const OPEN_CLIP_FIELDS: readonly string[] = [
  'size',
  'mode',
  'mean',
  'std',
  'interpolation',
  'resize_mode',
  'fill_color',
];

const MEAN = [0.48145466, 0.4578275, 0.40821073];
const STD = [0.26862954, 0.26130258, 0.27577711];

/**
 * Reads a preprocess_cfg of open_clip, which Jina CLIP's processor has too, as open_clip's `image_transform` for evaluation does
 * (open_clip/transform.py; torchvision's Resize, CenterCrop, ToTensor and Normalize).
 *
 * @param size of the model's input, where the file itself says none.
 * @param without more fields that may be there, without effect.
 */
export function readOpenClipProcessor(fields: Fields, size: Box, without: readonly string[] = []): Preprocess {
  fields.allow([...OPEN_CLIP_FIELDS, ...without], "open_clip's preprocessing", 'remove it');
  fields.oneOf('mode', 'RGB', ['RGB']);
  const box = fields.read('size', size, `a number, or height and width, from 1 to ${LARGEST_SIDE}`, boxFrom);
  // For evaluation "random" means bicubic.
  const resample = fields.oneOf('interpolation', 'bicubic', ['bicubic', 'bilinear', 'random']) === 'bilinear' ? 2 : 3;
  const mode = fields.oneOf('resize_mode', 'shortest', ['shortest', 'longest', 'squash']);
  const fill = fields.number(
    'fill_color',
    0,
    'a whole number from 0 to 255',
    (value) => Number.isInteger(value) && value >= 0 && value <= 255,
  );
  const mean = fields.channels('mean', MEAN);
  const std = fields.channels('std', STD, true);
  const levels = levelTables((level, channel) => {
    const value = Math.fround(level / 255);
    return Math.fround(value - Math.fround(mean[channel]!)) / Math.fround(std[channel]!);
  });
  if (mode === 'squash') return { resize: box, resample, crop: null, levels };
  const contained = mode === 'longest';
  return {
    resize:
      !contained && box.width === box.height
        ? { edge: box.height }
        : { fit: contained ? 'contain' : 'cover', into: box },
    resample,
    crop: { ...box, rule: 'torchvision', fill: contained ? fill : 0 },
    levels,
  };
}

/** Of open_clip: a number, one in a list, or height and width. */
export function boxFrom(value: unknown): Box | undefined {
  const sides = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(sides) || sides.length < 1 || sides.length > 2) return undefined;
  const [height, width = height] = sides as readonly unknown[];
  const fits = (side: unknown): side is number =>
    typeof side === 'number' && Number.isInteger(side) && side >= 1 && side <= LARGEST_SIDE;
  return fits(height) && fits(width) ? { height, width } : undefined;
}
