import sharp from 'sharp';
import { DataFault } from '../checkpoint/fault.ts';
import type { RgbImage } from './resize.ts';

/** The engine spreads its own threads; sharp decodes one image at a time. */
sharp.cache(false);

/**
 * Decodes an image file to RGB as Pillow's `convert("RGB")` does: alpha dropped, palettes expanded, gray replicated, colour
 * profile and EXIF orientation ignored.
 *
 * @throws DataFault when the file is missing or is no image.
 */
export async function decodeImage(file: string): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(file, { ignoreIcc: true, failOn: 'error' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: info.channels === 3 ? data : replicate(data, info.channels),
    };
  } catch (error) {
    throw new DataFault(`The image ${file} cannot be read: ${firstLine(error)}.`);
  }
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
