import { readFile } from 'node:fs/promises';
import { fileKind, readHead } from '@gdbench/benchmark/file-kind';
import type { Box, ImageRef } from '@gdbench/benchmark/task';
import sharp, { type Sharp } from 'sharp';
import { ImageFault } from '../checkpoint/fault.ts';
import { decodeGif } from './gif.ts';
import { damage, decodedKind, firstLine, MOST_PIXELS, requireModest, Unreadable } from './image-kind.ts';
import type { RgbImage } from './resize.ts';

/** The engine spreads its own threads; sharp decodes one image at a time. */
sharp.cache(false);

/**
 * Decodes an image file to RGB as Pillow's `convert("RGB")` does, to the bit: alpha dropped, palettes expanded, gray replicated
 * (of 16 bits: clipped at 255), CMYK without a profile, colour profile and EXIF orientation ignored, of a moving picture the first
 * frame. A reference's box is cut out of it as Pillow's `crop` does.
 *
 * @throws ImageFault when the file is missing, is no image, or is of a form that could come out otherwise than by Pillow.
 */
export async function decodeImage({ path: file, crop }: ImageRef): Promise<RgbImage> {
  try {
    const image = await decode(file);
    return crop ? cut(image, crop) : image;
  } catch (error) {
    throw new ImageFault(file, firstLine(error));
  }
}

async function decode(file: string): Promise<RgbImage> {
  const kind = decodedKind(fileKind(await readHead(file).catch(unread)));
  // by its bytes, not its name: to find out what it is, libvips would open a file sixteen times
  const bytes = await readFile(file).catch(unread);
  try {
    return kind === 'gif' ? await decodeGif(bytes) : await decodeStill(bytes, kind);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(damage(kind, bytes, error));
  }
}

function unread(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOENT') throw new Unreadable('it is not there');
  throw new Unreadable(`it cannot be read (${error.code ?? 'unknown fault'})`);
}

const READING = { ignoreIcc: true, failOn: 'error' } as const;

async function decodeStill(bytes: Buffer, kind: string): Promise<RgbImage> {
  const {
    format,
    space,
    width: across,
    height: down,
  } = await sharp(bytes, { ...READING, limitInputPixels: false }).metadata();
  if (format !== kind) throw new Error(`read as ${format}`);
  requireModest({ width: across, height: down });
  const input = sharp(bytes, { ...READING, limitInputPixels: MOST_PIXELS });
  if (space === 'cmyk') return fromCmyk(input);
  if (space === 'grey16' && bytes[PNG_COLOUR_TYPE] === PLAIN_GRAY) return fromDeepGray(input);
  const { data, info } = await input
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { width, height, data: channels === 3 ? data : replicate(data, channels) };
}

/** Pillow's CMYK to RGB. Like Pillow, libvips takes the inks of a JPEG to be stored inverted, with Adobe's marker or without. */
async function fromCmyk(input: Sharp): Promise<RgbImage> {
  const { data, info } = await input
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const light = 255 - data[i * 4 + 3]!;
    for (let c = 0; c < 3; c++) {
      // The ink's share of the light, rounded: (a * b) / 255.
      const product = data[i * 4 + c]! * light + 128;
      rgb[i * 3 + c] = light - (((product >> 8) + product) >> 8);
    }
  }
  return { width, height, data: rgb };
}

/** Where a PNG's header says what its numbers are, and its word for gray without alpha. */
const PNG_COLOUR_TYPE = 25;
const PLAIN_GRAY = 0;

/** Pillow clips 16-bit gray at 255; of gray with alpha, and of colours, it takes the high bytes. */
async function fromDeepGray(input: Sharp): Promise<RgbImage> {
  const { data, info } = await input
    .pipelineColourspace('grey16')
    .toColourspace('grey16')
    .extractChannel(0)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const clipped = Uint8Array.from({ length: data.length / 2 }, (_, i) => Math.min(data.readUInt16LE(i * 2), 255));
  return { width: info.width, height: info.height, data: replicate(clipped, 1) };
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

/** A square of one gray level. */
export function flatImage(side: number, level: number): RgbImage {
  return { width: side, height: side, data: new Uint8Array(side * side * 3).fill(level) };
}
