import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { DataFault } from '../checkpoint/fault.ts';
import { type CentreCrop, centreCrop } from './crop.ts';
import { cut, decodeImage, flatImage } from './decode.ts';
import { diffusionPreprocess, preprocess } from './preprocess.ts';
import { type Resample, type RgbImage, resize } from './resize.ts';

const REFERENCE = new URL('../../../test/reference/', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, REFERENCE), 'utf8'));
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const at = (file: string) => ({ path: fileURLToPath(new URL(`images/${file}`, REFERENCE)) });

const { cases } = read('resize.json') as {
  cases: { source: [number, number]; target: [number, number]; resample: Resample; filter: string; sha256: string }[];
};
const odd = read('odd-scores.json') as {
  images: { file: string; width: number; height: number; rgb_sha256: string }[];
  diffusion: { pixels_sha256: string[] };
};

const { cases: rare } = read('decoding/cases.json') as { cases: (typeof odd)['images'] };
const rareAt = (file: string) => fileURLToPath(new URL(`decoding/${file}`, REFERENCE));
const CONVERT = 'it is not read to the bit as Pillow reads it: convert it to PNG, or leave its examples out';
const REFUSED = {
  'rgb.bmp': `it is a BMP image; ${CONVERT}`,
  'rgb.tiff': `it is a TIFF image; ${CONVERT}`,
  'gif-index-beyond.gif':
    'it is a GIF with pixels whose colours its palette lacks, which versions of Pillow show differently; leave its examples out',
};

/** The source image that test/reference/README.md defines. */
function pattern(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++)
        data[(y * width + x) * 3 + c] = (x * x * 31 + y * y * 17 + x * y * 7 + c * 53 + (x ^ y) * 11) & 255;
    }
  }
  return { width, height, data };
}

describe('resize', () => {
  it.each(each(cases))(
    "equals Pillow's $filter from $source to $target to the bit",
    ({ source, target, resample, sha256: want }) => {
      expect(sha256(resize(pattern(...source), ...target, resample).data)).toBe(want);
    },
  );
});

describe('decode', () => {
  it.each(each(odd.images))('reads $file as Pillow does', async ({ file, width, height, rgb_sha256 }) => {
    const image = await decodeImage(at(file));
    expect([image.width, image.height, sha256(image.data)]).toEqual([width, height, rgb_sha256]);
  });

  it.each(each(rare.filter(({ file }) => !(file in REFUSED))))('reads $file as Pillow does', async (want) => {
    const image = await decodeImage({ path: rareAt(want.file) });
    expect([image.width, image.height, sha256(image.data)]).toEqual([want.width, want.height, want.rgb_sha256]);
  });

  it.each(Object.entries(REFUSED))('refuses %s, which could come out otherwise', async (file, why) => {
    expect(rare.map((one) => one.file)).toContain(file);
    await expect(decodeImage({ path: rareAt(file) })).rejects.toThrow(`${file} cannot be read: ${why}.`);
  });

  it('names an image that is missing', async () => {
    await expect(decodeImage(at('none.png'))).rejects.toThrow(DataFault);
    await expect(decodeImage(at('none.png'))).rejects.toThrow('none.png cannot be read');
  });
});

describe('a box', () => {
  it("holds the image's own pixels, and black where it reaches beyond the image", () => {
    const image = pattern(7, 5);
    const edge = fc.integer({ min: -9, max: 9 });
    const length = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(edge, edge, length, length, (x, y, width, height) => {
        const want = Array.from({ length: width * height * 3 }, (_, i) => {
          const [column, row] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
          const [fromX, fromY] = [x + column, y + row];
          const inside = fromX >= 0 && fromX < 7 && fromY >= 0 && fromY < 5;
          return inside ? image.data[(fromY * 7 + fromX) * 3 + (i % 3)] : 0;
        });
        expect(Array.from(cut(image, { x, y, width, height }).data)).toEqual(want);
      }),
    );
  });

  it('is cut out of the decoded file, in its own pixels', async () => {
    const { file, width } = odd.images[0]!;
    const whole = await decodeImage(at(file));
    const box = await decodeImage({ ...at(file), crop: { x: 2, y: 3, width: 2, height: 1 } });
    expect(Array.from(box.data)).toEqual(Array.from(whole.data.subarray((3 * width + 2) * 3, (3 * width + 4) * 3)));
  });
});

describe('preprocess', () => {
  it.each(each(odd.images.map(({ file }, i) => ({ file, want: odd.diffusion.pixels_sha256[i]! }))))(
    "gives a diffusion model $file's pixels as Pillow does",
    async ({ file, want }) => {
      const { data } = preprocess(await decodeImage(at(file)), diffusionPreprocess(24));
      expect(sha256(pixelsOf(data, (value) => (value + 1) * 127.5))).toBe(want);
    },
  );

  it('cuts and pads from the centre as transformers and as torchvision do', () => {
    const { data } = flatImage(3, 7);
    const image: RgbImage = { width: 3, height: 3, data: data.map((_, i) => Math.floor(i / 3)) };
    const reds = (rule: CentreCrop['rule'], width: number, height: number) => {
      const crop = centreCrop(image, { width, height, rule, fill: 99 });
      return Array.from({ length: width * height }, (_, i) => crop.data[i * 3]);
    };
    expect(reds('transformers', 2, 2)).toEqual([0, 1, 3, 4]);
    expect(reds('transformers', 4, 1)).toEqual([99, 3, 4, 5]);
    expect(reds('torchvision', 2, 2)).toEqual([0, 1, 3, 4]);
    expect(reds('torchvision', 4, 1)).toEqual([3, 4, 5, 99]);
  });
});

/** Planes back to interleaved bytes. */
function pixelsOf(planes: Float32Array, level: (value: number, channel: number) => number): Uint8Array {
  const area = planes.length / 3;
  const pixels = new Uint8Array(planes.length);
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < area; i++) pixels[i * 3 + c] = Math.round(level(planes[c * area + i]!, c));
  return pixels;
}
