import type { Fields } from '../checkpoint/fields.ts';
import type { CentreCrop } from './crop.ts';
import { levelTables, type Preprocess, type ResizeTarget } from './preprocess.ts';
import type { Box, ProcessorClass } from './processor-classes.ts';
import type { Resample } from './resize.ts';

/** Pixels of an image's side. */
export const LARGEST_SIDE = 4096;
/** From here on ConvNext's size is a square, and crop_pct has no effect. */
const CROP_PCT_BELOW = 384;

/** Fields that change no pixel of any class: names, the form that is handed back, and what batches are for. */
export const WITHOUT_EFFECT: readonly string[] = [
  'image_processor_type',
  'feature_extractor_type',
  'processor_class',
  'auto_map',
  '_valid_processor_keys',
  '_valid_kwargs_names',
  // Images come as RGB (GDBENCH.md 1.4).
  'do_convert_rgb',
  'return_tensors',
  'device',
  'disable_grouping',
  'image_seq_length',
  // All images of a batch have one size, so that none is padded; none of the classes that are known reads a divisor.
  'do_pad',
  'size_divisor',
];
/** Fields of every class that are applied. */
export const APPLIED: readonly string[] = [
  'do_resize',
  'size',
  'resample',
  'do_center_crop',
  'crop_size',
  'do_rescale',
  'rescale_factor',
  'do_normalize',
  'image_mean',
  'image_std',
];
/** Fields that are served with some values alone. */
export const JUDGED: readonly string[] = [
  'default_to_square',
  'pad_size',
  'data_format',
  'input_data_format',
  'use_square_size',
];

const FILTERS = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];
const FILTER_NUMBERS = FILTERS.map((name, number) => `${number} (${name})`).join(', ');

/** Reads a preprocessor_config.json as its class does; what cannot be served is a fault in `fields`. */
export function readTransformersProcessor(fields: Fields, kind: ProcessorClass): Preprocess {
  const whose = `a ${kind.name}`;
  fields.allow(
    [...APPLIED, ...JUDGED, ...WITHOUT_EFFECT, ...kind.steps, ...kind.without],
    whose,
    'remove it, or write the class that reads it as `image_processor_type`',
  );
  judge(fields, kind);
  const resizing = fields.flag('do_resize', true);
  const size = resizing ? sizeOf(fields, kind) : null;
  const { resize, crop } =
    size && kind.steps.includes('crop_pct') ? byCropPct(fields, size) : { resize: size, crop: null };
  return {
    resize,
    resample: resizing ? resampleOf(fields, kind) : 3,
    crop: cropOf(fields, kind, resize) ?? crop,
    levels: levelsOf(fields, kind),
  };
}

function judge(fields: Fields, kind: ProcessorClass): void {
  const only = (name: string, value: unknown) => {
    const has = fields.value(name);
    if (has !== undefined && has !== value) {
      fields.refuse(
        name,
        value === undefined ? 'nothing' : JSON.stringify(value),
        value === undefined ? 'remove it' : `write ${JSON.stringify(value)}`,
      );
    }
  };
  only('data_format', 'channels_first');
  only('input_data_format', undefined);
  only('pad_size', undefined);
  only('use_square_size', false);
  // It says what a bare number means; with any other size it has no effect.
  if (typeof fields.value('size') !== 'number') return;
  fields.flag('default_to_square', kind.bareSize === 'box');
  only('default_to_square', kind.bareSize === 'box');
}

/** What classes call one size: a number, a pair of equal ones, or an object of some of the keys, the others null. */
function sizeFrom(value: unknown): { edge: number } | Box | undefined {
  if (Array.isArray(value)) return value.length === 2 && value[0] === value[1] ? sizeFrom(boxOf(value[0])) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const given = Object.entries(value).filter(([, one]) => one !== null);
  const { shortest_edge: edge, height, width } = Object.fromEntries(given);
  if (given.length === 1 && isSide(edge)) return { edge };
  if (given.length === 2 && isSide(height) && isSide(width)) return { height, width };
  return undefined;
}

const boxOf = (side: unknown) => ({ height: side, width: side });

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_SIDE;
}

function sizeOf(fields: Fields, kind: ProcessorClass): { readonly edge: number } | Box {
  const forms = [
    ...(kind.forms.includes('edge') ? ['shortest_edge'] : []),
    ...(kind.forms.includes('box') ? ['height and width'] : []),
    ...(kind.bareSize === null ? [] : ['a number']),
  ];
  return fields.read('size', kind.size, `${forms.join(' or ')}, from 1 to ${LARGEST_SIDE}`, (value) => {
    if (typeof value === 'number') {
      if (kind.bareSize === null || !isSide(value)) return undefined;
      return kind.bareSize === 'edge' ? { edge: value } : { height: value, width: value };
    }
    const size = sizeFrom(value);
    return size && kind.forms.includes('edge' in size ? 'edge' : 'box') ? size : undefined;
  });
}

function resampleOf(fields: Fields, kind: ProcessorClass): Resample {
  const value = fields.value('resample');
  if (value === undefined && kind.resample !== null) return kind.resample;
  if (typeof value === 'number' && FILTERS[value] !== undefined) return value as Resample;
  const named = typeof value === 'string' ? FILTERS.indexOf(value.toLowerCase()) : -1;
  if (value === undefined) {
    const remedy = `the versions of ${kind.name} do not agree on it: write the number that the model was trained with`;
    fields.refuse('resample', `one of ${FILTER_NUMBERS}`, remedy);
  } else {
    fields.refuse('resample', `one of ${FILTER_NUMBERS}`, named < 0 ? undefined : `write ${named}`);
  }
  return 3;
}

/** ConvNext's crop_pct. */
function byCropPct(fields: Fields, size: { readonly edge: number } | Box): Pick<Preprocess, 'resize' | 'crop'> {
  const pct = fields.number('crop_pct', 224 / 256, 'a number above 0 and up to 1', (value) => value > 0 && value <= 1);
  if (!('edge' in size)) return { resize: size, crop: null };
  const square = { width: size.edge, height: size.edge };
  if (size.edge >= CROP_PCT_BELOW) return { resize: square, crop: null };
  const edge = Math.trunc(size.edge / pct);
  if (edge > LARGEST_SIDE) fields.refuse('crop_pct', `one that leaves an edge of at most ${LARGEST_SIDE}`);
  return { resize: { edge }, crop: { ...square, rule: 'transformers', fill: 0 } };
}

function cropOf(fields: Fields, kind: ProcessorClass, resized: ResizeTarget | null): CentreCrop | null {
  if (!fields.flag('do_center_crop', kind.crop?.on ?? false)) return null;
  const expected = `height and width or a number, from 1 to ${LARGEST_SIDE}`;
  const size = fields.read<Box | null>('crop_size', kind.crop?.size ?? null, expected, (value) => {
    const box = typeof value === 'number' ? sizeFrom(boxOf(value)) : sizeFrom(value);
    return box && 'width' in box ? box : undefined;
  });
  if (kind.crop) return { ...(size ?? kind.crop.size), rule: 'transformers', fill: 0 };
  // Before transformers 5 such a class reads no crop, from there on it does: both are right where there is nothing to cut.
  const nothing = size && resized && 'width' in resized && sameBox(size, resized);
  if (!nothing) {
    const remedy =
      'its versions do not agree on a crop: write false, or a `crop_size` that is the `size` where the model was trained so';
    fields.refuse('do_center_crop', `false for a ${kind.name}`, remedy);
  }
  return null;
}

const sameBox = (a: Box, b: Box): boolean => a.width === b.width && a.height === b.height;

/** In float32 steps, as NumPy takes them. */
function levelsOf(fields: Fields, kind: ProcessorClass): Preprocess['levels'] {
  const rescaling = fields.flag('do_rescale', true);
  const factor = rescaling ? fields.number('rescale_factor', 1 / 255, 'a number') : 1;
  const has = (step: ProcessorClass['steps'][number]) => kind.steps.includes(step);
  const offset = has('rescale_offset') && fields.flag('rescale_offset', false) && rescaling;
  const again = has('include_top') && fields.flag('include_top', true);
  const normalising = fields.flag('do_normalize', true);
  const mean = normalising ? fields.channels('image_mean', kind.mean) : kind.mean;
  const std = normalising || again ? fields.channels('image_std', kind.std, true) : kind.std;
  return levelTables((level, channel) => {
    let value = Math.fround(level * factor);
    if (offset) value = Math.fround(value - 1);
    const by = Math.fround(std[channel]!);
    if (normalising) value = Math.fround(Math.fround(value - Math.fround(mean[channel]!)) / by);
    return again ? value / by : value;
  });
}
