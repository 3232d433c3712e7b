import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { type Fault, Faults } from '../checkpoint/fault.ts';
import { Fields } from '../checkpoint/fields.ts';
import { decodeImage } from './decode.ts';
import { OPEN_CLIP_FIELDS, readOpenClipProcessor } from './open-clip-processor.ts';
import { type Preprocess, preprocess } from './preprocess.ts';
import { KNOWN_CLASSES, plainName, processorClass } from './processor-classes.ts';
import { APPLIED, JUDGED, readTransformersProcessor, WITHOUT_EFFECT } from './transformers-processor.ts';

const REFERENCE = new URL('../../../test/reference/', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, REFERENCE), 'utf8'));
const at = (file: string) => ({ path: fileURLToPath(new URL(`images/${file}`, REFERENCE)) });

type Config = Readonly<Record<string, unknown>>;
interface Result {
  readonly shape: readonly number[];
  readonly step: number;
  readonly every: readonly number[];
  readonly sum: number;
  readonly squares: number;
}
const reference = read('processors.json') as {
  images: string[];
  /** Every field that a version of a class takes, from its source. */
  fields: Record<string, string[]>;
  cases: { config: Config; results: Result[] }[];
  openClip: { config: Config; results: Result[] }[];
};

/** The steps of a config, and what of it cannot be served. */
function stepsOf(
  config: Config,
  kind = String(config.image_processor_type),
): { steps: Preprocess; faults: readonly Fault[] } {
  const faults = new Faults();
  const fields = new Fields({ file: 'preprocessor_config.json', at: '', json: config }, faults);
  const known = processorClass(plainName(kind));
  const steps = known
    ? readTransformersProcessor(fields, known)
    : readOpenClipProcessor(fields, { width: 20, height: 20 }, WITHOUT_EFFECT);
  try {
    faults.settle();
    return { steps, faults: [] };
  } catch (error) {
    return { steps, faults: (error as { faults: readonly Fault[] }).faults };
  }
}

async function expectValues(steps: Preprocess, results: readonly Result[]): Promise<void> {
  for (const [i, { shape, step, every, sum, squares }] of each(results).entries()) {
    const { data, width, height } = preprocess(await decodeImage(at(reference.images[i]!)), steps);
    expect([3, height, width]).toEqual(shape);
    for (const [n, value] of each(every).entries()) expect(data[n * step]).toBeCloseTo(value, 5);
    const total = (of: (value: number) => number) => data.reduce((all, value) => all + of(value), 0);
    expect(Math.abs(total((v) => v) - sum)).toBeLessThan(1e-6 * data.length);
    expect(Math.abs(total((v) => v * v) - squares)).toBeLessThanOrEqual(1e-5 * squares);
  }
}

const named = (cases: (typeof reference)['cases']) =>
  cases.map(({ config, results }) => [JSON.stringify(config), config, results] as const);

describe('an image processor', () => {
  it.each(each(named(reference.cases)))('has the values of transformers for %s', async (_, config, results) => {
    const { steps, faults } = stepsOf(config);
    expect(faults).toEqual([]);
    await expectValues(steps, results);
  });

  it.each(each(named(reference.openClip)))('has the values of open_clip for %s', async (_, config, results) => {
    const { steps, faults } = stepsOf(config, 'open_clip');
    expect(faults).toEqual([]);
    await expectValues(steps, results);
  });

  it('of the odd dual encoder cuts the pixels that transformers does', async () => {
    const odd = read('odd-scores.json') as { images: { file: string }[]; dual_encoder: { pixels_sha256: string[] } };
    const { steps } = stepsOf(read('odd-clip/preprocessor_config.json'));
    const [mean, std] = [
      [0.41, 0.47, 0.52],
      [0.31, 0.24, 0.27],
    ];
    for (const [i, { file }] of each(odd.images).entries()) {
      const { data } = preprocess(await decodeImage(at(file)), steps);
      const area = data.length / 3;
      const pixels = Uint8Array.from({ length: data.length }, (_, n) => {
        const channel = n % 3;
        return Math.round((data[channel * area + Math.floor(n / 3)]! * std[channel]! + mean[channel]!) * 255);
      });
      expect(createHash('sha256').update(pixels).digest('hex')).toBe(odd.dual_encoder.pixels_sha256[i]);
    }
  });

  it.each(['CLIPImageProcessor', 'CLIPImageProcessorFast', 'CLIPImageProcessorPil', 'CLIPFeatureExtractor'])(
    'is the same class as %s',
    (name) => {
      const config = { size: 30, crop_size: 20 };
      expect(stepsOf({ image_processor_type: name, ...config })).toEqual(stepsOf(config, 'CLIPImageProcessor'));
    },
  );
});

/** A config of each class in which every step is taken, so that no field's effect is hidden behind a step that is off. */
const BUSY: Readonly<Record<string, Config>> = {
  CLIPImageProcessor: { size: { shortest_edge: 40 }, crop_size: 30 },
  ChineseCLIPImageProcessor: { size: { shortest_edge: 40 }, crop_size: 30 },
  BitImageProcessor: { size: { shortest_edge: 40 }, crop_size: 30 },
  SiglipImageProcessor: { size: { height: 40, width: 30 } },
  BlipImageProcessor: { size: { height: 40, width: 30 } },
  ViTImageProcessor: { size: { height: 40, width: 30 } },
  DeiTImageProcessor: { size: { height: 40, width: 30 }, crop_size: 20 },
  FlavaImageProcessor: { size: { height: 40, width: 30 }, crop_size: 20 },
  EfficientNetImageProcessor: {
    size: { height: 40, width: 30 },
    crop_size: 20,
    do_center_crop: true,
    resample: 2,
    rescale_offset: true,
  },
  ConvNextImageProcessor: { size: { shortest_edge: 40 }, resample: 2, crop_pct: 0.8 },
};
/** Values that a field of each kind may be given; each has at least one that is not the busy config's. */
const TRIED: readonly unknown[] = [
  true,
  false,
  0,
  1,
  2,
  0.5,
  24,
  -1,
  5000,
  'bicubic',
  'channels_first',
  'channels_last',
  'cuda',
  [0.1, 0.2, 0.3],
  [24, 24],
  [1, 0, 1],
  { shortest_edge: 24 },
  { height: 24, width: 20 },
  { longest_edge: 24 },
  {},
];
/** Fields that files of some age or make have, beside those that a class takes. */
const LEFT_OVER = [
  'image_processor_type',
  'feature_extractor_type',
  'processor_class',
  'auto_map',
  '_valid_processor_keys',
  'size_divisor',
  'use_square_size',
];

it('tries every class that is known', () => {
  expect([...Object.keys(BUSY), 'JinaCLIPImageProcessor'].sort()).toEqual([...KNOWN_CLASSES].sort());
});

describe.each(Object.entries(BUSY))('%s', (name, busy) => {
  const kind = processorClass(name)!;
  const without = [...WITHOUT_EFFECT, ...kind.without];
  const before = stepsOf(busy, name);

  it('is served as it stands', () => {
    expect(before.faults).toEqual([]);
  });

  it.each([...reference.fields[name]!, ...LEFT_OVER])(
    'applies `%s`, refuses it by name, or lists it as without effect',
    (field) => {
      const seen = { applied: 0, refused: 0, idle: 0 };
      for (const value of TRIED) {
        const { steps, faults } = stepsOf({ ...busy, [field]: value }, name);
        if (faults.length > 0) {
          seen.refused++;
          // `do_center_crop` is what is wrong with a crop of its own size, and a size may leave nothing for the crop that stands.
          for (const { message } of each(faults)) expect(message).toMatch(new RegExp(`\`(${field}|do_center_crop)\``));
        } else if (isDeepEqual(steps, before.steps)) seen.idle++;
        else seen.applied++;
      }
      // the size of a crop that the class has not, and that nothing asks for
      const isIdle = without.includes(field) || (field === 'crop_size' && kind.crop === null);
      if (isIdle) expect(seen).toEqual({ applied: 0, refused: 0, idle: TRIED.length });
      else if (APPLIED.includes(field) || kind.steps.some((step) => step === field)) {
        // A crop of a class that has none is right only where it cuts nothing.
        if (!(kind.crop === null && /crop/.test(field) && field !== 'crop_pct'))
          expect(seen.applied).toBeGreaterThan(0);
        if (!/^do_|include_top|rescale_offset/.test(field)) expect(seen.refused).toBeGreaterThan(0);
      } else {
        expect(JUDGED).toContain(field);
        expect(seen.applied).toBe(0);
      }
    },
  );

  it('takes null for its own default, but for a switch that would be on', () => {
    const switches = ['do_resize', 'do_rescale', 'do_normalize'].concat(
      kind.crop?.on ? ['do_center_crop'] : [],
      kind.steps.includes('include_top') ? ['include_top'] : [],
    );
    for (const field of each(switches))
      expect(stepsOf({ ...busy, [field]: null }, name).faults[0]?.message).toContain(
        `says \`${field}\` is null, where true or false is expected`,
      );
    for (const field of each(reference.fields[name]!.filter((one) => !switches.includes(one)))) {
      const plain = Object.fromEntries(Object.entries(busy).filter(([key]) => key !== field));
      const [of, absent] = [stepsOf({ ...busy, [field]: null }, name), stepsOf(plain, name)];
      expect(of.steps).toEqual(absent.steps);
      // Of what has no default both are refused.
      expect(of.faults.map(({ expected }) => expected)).toEqual(absent.faults.map(({ expected }) => expected));
    }
  });

  it('refuses every field that it does not have', () => {
    const known = new Set([...reference.fields[name]!, ...LEFT_OVER, ...APPLIED, ...JUDGED, ...without, ...kind.steps]);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }).filter((field) => !known.has(field)),
        (field) => {
          const { faults } = stepsOf({ ...busy, [field]: 1 }, name);
          expect(faults).toHaveLength(1);
          expect(stepsOf({ ...busy, [field]: null }, name).faults).toEqual([]);
        },
      ),
    );
    for (const field of ['crop_pct', 'rescale_offset', 'do_thumbnail', 'do_flip_channel_order', 'max_num_patches']) {
      if (known.has(field)) continue;
      expect(stepsOf({ ...busy, [field]: true }, name).faults[0]?.message).toContain(`\`${field}\``);
    }
  });
});

describe("open_clip's preprocessing", () => {
  const busy = { size: [21, 30], resize_mode: 'longest', fill_color: 3 };
  const other: Readonly<Record<string, unknown>> = {
    size: 24,
    mean: 0.3,
    std: [0.1, 0.2, 0.3],
    interpolation: 'bilinear',
    resize_mode: 'squash',
    fill_color: 4,
  };

  it.each(each(reference.fields.open_clip!))('applies `%s`, and refuses what it cannot be', (field) => {
    expect(OPEN_CLIP_FIELDS).toContain(field);
    const before = stepsOf(busy, 'open_clip').steps;
    for (const wrong of ['L', -1, 0.5, 'nearest', [1, 2, 3, 4], {}]) {
      const fine = (field === 'mean' || field === 'std') && typeof wrong === 'number';
      if (!fine) expect(stepsOf({ ...busy, [field]: wrong }, 'open_clip').faults[0]?.message).toContain(`\`${field}\``);
    }
    if (field !== 'mode') expect(stepsOf({ ...busy, [field]: other[field] }, 'open_clip').steps).not.toEqual(before);
  });

  it('refuses the fields of other processors by name', () => {
    const { faults } = stepsOf({ ...busy, crop_size: 20, do_resize: false }, 'open_clip');
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringContaining('`crop_size`'),
      expect.stringContaining('`do_resize`'),
    ]);
  });
});

describe('what a config says wrongly', () => {
  it('is told all at once, each with what was expected and what to write', () => {
    const { faults } = stepsOf(
      { size: { longest_edge: 15 }, resample: 'bicubic', image_std: [1, 0, 1], rescale_offset: true },
      'CLIPImageProcessor',
    );
    expect(faults.map(({ message }) => message)).toEqual([
      'preprocessor_config.json says `rescale_offset` is true, where a field that a CLIPImageProcessor reads is expected; remove it, or write the class that reads it as `image_processor_type`.',
      'preprocessor_config.json says `size` is {"longest_edge":15}, where shortest_edge or height and width or a number, from 1 to 4096 is expected; write the value that the model was trained with.',
      'preprocessor_config.json says `resample` is "bicubic", where one of 0 (nearest), 1 (lanczos), 2 (bilinear), 3 (bicubic), 4 (box), 5 (hamming) is expected; write 3.',
      'preprocessor_config.json says `image_std` is [1,0,1], where a number other than 0, or three of them is expected; write the value that the model was trained with.',
    ]);
  });

  it.each(['EfficientNetImageProcessor', 'ConvNextImageProcessor'])(
    'is a resample that is left to the versions of %s',
    (name) => {
      const { resample: _, ...silent } = BUSY[name]! as { resample: number };
      expect(stepsOf(silent, name).faults[0]?.message).toMatch(/has no `resample`.*do not agree on it/);
    },
  );
});

function isDeepEqual(a: Preprocess, b: Preprocess): boolean {
  const flat = ({ levels, ...steps }: Preprocess) => JSON.stringify([steps, levels.map((level) => Array.from(level))]);
  return flat(a) === flat(b);
}
