import type { RgbImage } from './resize.ts';

/** A cut from an image's centre. */
export interface CentreCrop {
  readonly width: number;
  readonly height: number;
  /**
   * Where an odd pixel goes. `transformers`: its `center_crop` cuts from floor((have - want) / 2), and lays a smaller image on the
   * larger cut with the odd pixel before it. `torchvision`: cuts from the half rounded to even, the odd pixel behind a smaller image.
   */
  readonly rule: 'transformers' | 'torchvision';
  /** Level of what lies outside the image, in all channels. */
  readonly fill: number;
}

/** Cuts out the centre; an image that is smaller lies on a ground of one level. */
export function centreCrop(image: RgbImage, { width, height, rule, fill }: CentreCrop): RgbImage {
  if (width === image.width && height === image.height) return image;
  const left = START[rule](image.width, width);
  const top = START[rule](image.height, height);
  const data = new Uint8Array(width * height * 3).fill(fill);
  for (let y = Math.max(0, -top); y < height && y + top < image.height; y++) {
    const x = Math.max(0, -left);
    const count = Math.min(width, image.width - left) - x;
    const at = ((y + top) * image.width + x + left) * 3;
    data.set(image.data.subarray(at, at + count * 3), (y * width + x) * 3);
  }
  return { width, height, data };
}

const START: Readonly<Record<CentreCrop['rule'], (have: number, want: number) => number>> = {
  transformers: (have, want) => (have >= want ? Math.floor((have - want) / 2) : -Math.ceil((want - have) / 2)),
  torchvision: (have, want) => (have >= want ? roundHalfEven((have - want) / 2) : -Math.floor((want - have) / 2)),
};

/** As Python's `round`. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest === 0.5 ? below + (below % 2) : Math.round(value);
}
