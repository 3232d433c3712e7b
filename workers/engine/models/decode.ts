import type { Box, ImageRef } from '@gdbench/benchmark/task';
import sharp from 'sharp';
import { DataFault } from '../checkpoint/fault.ts';
import type { RgbImage } from './resize.ts';

/** The engine spreads its own threads; sharp decodes one image at a time. */
sharp.cache(false);

/**
 * Decodes an image file to RGB as Pillow's `convert("RGB")` does: alpha dropped, palettes expanded, gray replicated, colour
 * profile and EXIF orientation ignored. A reference's box is cut out of it as Pillow's `crop` does.
 *
 * @throws DataFault when the file is missing or is no image.
 */
export async function decodeImage({ path: file, crop }: ImageRef): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(file, { ignoreIcc: true, failOn: 'error' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const image = {
      width: info.width,
      height: info.height,
      data: info.channels === 3 ? data : replicate(data, info.channels),
    };
    return crop ? cut(image, crop) : image;
  } catch (error) {
    throw new DataFault(`The image ${file} cannot be read: ${firstLine(error)}.`);
  }
}

/** The box's pixels; what lies outside the image is black. */
export function cut(image: RgbImage, { x, y, width, height }: Box): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const [left, right] = [Math.max(x, 0), Math.min(x + width, image.width)];
  const [top, bottom] = [Math.max(y, 0), Math.min(y + height, image.height)];
  if (left >= right) return { width, height, data };
  for (let row = top; row < bottom; row++) {
    const from = (row * image.width + left) * 3;
    data.set(image.data.subarray(from, from + (right - left) * 3), ((row - y) * width + left - x) * 3);
  }
  return { width, height, data };
}

function replicate(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) rgb.fill(data[i * channels]!, i * 3, i * 3 + 3);
  return rgb;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/\.$/, '');
}

/** A square of one gray level. */
export function flatImage(side: number, level: number): RgbImage {
  return { width: side, height: side, data: new Uint8Array(side * side * 3).fill(level) };
}
