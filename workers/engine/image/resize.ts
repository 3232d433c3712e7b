/** An RGB image, 8 bits a channel, rows from the top, channels interleaved. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Pillow's numbers for its filters, which `resample` in a preprocessor_config.json holds. */
export type Resample = 0 | 1 | 2 | 3 | 4 | 5;

interface Filter {
  readonly support: number;
  readonly weight: (x: number) => number;
}

const A = -0.5;
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const FILTERS: Record<Exclude<Resample, 0>, Filter> = {
  1: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  2: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  3: { support: 2, weight: bicubic },
  4: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  5: { support: 1, weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))) },
};

function bicubic(signed: number): number {
  const x = Math.abs(signed);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);
const CHANNELS = 3;

/**
 * Resizes as Pillow's `Image.resize` does, equal to the bit: weights in integers of 22 fractional bits, the horizontal pass
 * first, its result rounded to 8 bits, then the vertical one (libImaging/Resample.c; GDBENCH.md 1.4).
 */
export function resize(image: RgbImage, width: number, height: number, resample: Resample): RgbImage {
  if (width === image.width && height === image.height) return image;
  if (resample === 0) return nearest(image, width, height);
  const filter = FILTERS[resample];
  const across = width === image.width ? image : horizontal(image, width, taps(image.width, width, filter));
  return height === image.height ? across : vertical(across, height, taps(image.height, height, filter));
}

/** For each output pixel, the first input pixel and its run of integer weights. */
interface Taps {
  readonly from: Int32Array;
  readonly weights: readonly Int32Array[];
}

function taps(input: number, output: number, filter: Filter): Taps {
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const inverse = 1 / stretch;
  const from = new Int32Array(output);
  const weights: Int32Array[] = [];
  for (let i = 0; i < output; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(input, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, x) => filter.weight((x + first - centre + 0.5) * inverse));
    const total = raw.reduce((sum, w) => sum + w, 0);
    from[i] = first;
    weights.push(
      Int32Array.from(raw, (w) => {
        const fixed = (total === 0 ? w : w / total) * (1 << PRECISION);
        return Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
      }),
    );
  }
  return { from, weights };
}

function clip8(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : Math.min(value, 255);
}

function horizontal(image: RgbImage, width: number, { from, weights }: Taps): RgbImage {
  const data = new Uint8Array(width * image.height * CHANNELS);
  for (let y = 0; y < image.height; y++) {
    const row = y * image.width * CHANNELS;
    for (let x = 0; x < width; x++) {
      const w = weights[x]!;
      let at = row + from[x]! * CHANNELS;
      let r = HALF;
      let g = HALF;
      let b = HALF;
      for (let k = 0; k < w.length; k++, at += CHANNELS) {
        const factor = w[k]!;
        r += image.data[at]! * factor;
        g += image.data[at + 1]! * factor;
        b += image.data[at + 2]! * factor;
      }
      const to = (y * width + x) * CHANNELS;
      data[to] = clip8(r);
      data[to + 1] = clip8(g);
      data[to + 2] = clip8(b);
    }
  }
  return { width, height: image.height, data };
}

function vertical(image: RgbImage, height: number, { from, weights }: Taps): RgbImage {
  const stride = image.width * CHANNELS;
  const data = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const w = weights[y]!;
    const first = from[y]! * stride;
    for (let x = 0; x < stride; x++) {
      let sum = HALF;
      for (let k = 0, at = first + x; k < w.length; k++, at += stride) sum += image.data[at]! * w[k]!;
      data[y * stride + x] = clip8(sum);
    }
  }
  return { width: image.width, height, data };
}

/** Positions add up step by step, as in libImaging/Geometry.c, so that they round alike. */
function nearestSources(input: number, output: number): Int32Array {
  const scale = input / output;
  const sources = new Int32Array(output);
  let at = scale * 0.5;
  for (let i = 0; i < output; i++, at += scale) sources[i] = Math.min(input - 1, Math.floor(at));
  return sources;
}

function nearest(image: RgbImage, width: number, height: number): RgbImage {
  const columns = nearestSources(image.width, width);
  const rows = nearestSources(image.height, height);
  const data = new Uint8Array(width * height * CHANNELS);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const at = (row * image.width + column) * CHANNELS;
      data[to++] = image.data[at]!;
      data[to++] = image.data[at + 1]!;
      data[to++] = image.data[at + 2]!;
    }
  }
  return { width, height, data };
}
