import sharp from 'sharp';
import { requireModest, Unreadable } from './image-kind.ts';
import type { RgbImage } from './resize.ts';

/** What a GIF says of its first frame. */
interface Frame {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly interlaced: boolean;
  /** Three bytes a colour; null: indices are levels of gray. */
  readonly palette: Uint8Array | null;
  readonly transparent: number | null;
  /** From the LZW code size on, to the end of the file. */
  readonly data: Uint8Array;
}

/**
 * The first frame of a GIF as Pillow's `convert("RGB")` shows it: a transparent pixel has its palette's colour, and what the
 * frame leaves free of its canvas has the transparent colour's index, else index 0. The palette's indices are had from the
 * decoder by giving it a palette of 256 grays and a canvas of the frame's size.
 *
 * @throws Unreadable where Pillow's own versions differ; TooManyPixels; Error, in words for who looks into the file, where it is damaged.
 */
export async function decodeGif(bytes: Uint8Array): Promise<RgbImage> {
  const frame = firstFrame(bytes);
  const { x, y, width, height } = frame.place;
  // Pillow lets a frame enlarge its canvas.
  const canvas = { width: Math.max(frame.canvas.width, x + width), height: Math.max(frame.canvas.height, y + height) };
  requireModest(canvas);
  const indices = await indicesOf(frame);
  const colours = paletteOf(frame);
  const known = frame.palette === null ? 256 : frame.palette.length / 3;
  const background = frame.transparent ?? 0;
  const isCovered = width === canvas.width && height === canvas.height;
  if (indices.some((index) => index >= known) || (!isCovered && background >= known))
    throw new Unreadable(
      'it is a GIF with pixels whose colours its palette lacks, which versions of Pillow show differently; leave its examples out',
    );
  const data = new Uint8Array(canvas.width * canvas.height * 3);
  const paint = (pixel: number, index: number) => data.set(colours.subarray(index * 3, index * 3 + 3), pixel * 3);
  if (!isCovered) for (let pixel = 0; pixel < canvas.width * canvas.height; pixel++) paint(pixel, background);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      paint((y + row) * canvas.width + x + column, indices[row * width + column]!);
  return { ...canvas, data };
}

const grays = () => Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));

/** 256 colours; those that the file lacks are levels of gray, and no pixel has one. */
function paletteOf({ palette }: Frame): Uint8Array {
  const colours = grays();
  if (palette) colours.set(palette);
  return colours;
}

async function indicesOf({ place: { width, height }, interlaced, data }: Frame): Promise<Uint8Array> {
  const head = Buffer.alloc(13 + 256 * 3 + 10);
  head.write('GIF89a', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  // a palette of 2^8 colours
  head.writeUInt8(0x87, 10);
  head.set(grays(), 13);
  const at = 13 + 256 * 3;
  head.write(',', at, 'latin1');
  head.writeUInt16LE(width, at + 5);
  head.writeUInt16LE(height, at + 7);
  head.writeUInt8(interlaced ? 0x40 : 0, at + 9);
  return sharp(Buffer.concat([head, data]), { failOn: 'error', pages: 1 })
    .extractChannel(0)
    .raw({ depth: 'uchar' })
    .toBuffer();
}

const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** Reads up to the first frame. */
function firstFrame(bytes: Uint8Array): Frame {
  const read = new Reader(bytes, 6);
  const canvas = { width: read.word(), height: read.word() };
  const screen = read.byte();
  // the index of a background, which Pillow ignores, and the shape of pixels
  read.skip(2);
  const shared = paletteAt(read, screen);
  let transparent: number | null = null;
  for (;;) {
    const kind = read.byte();
    if (kind === TRAILER) throw new Error('holds no image');
    if (kind === EXTENSION) {
      const isControl = read.byte() === GRAPHIC_CONTROL;
      const blocks = read.blocks();
      if (isControl && blocks.length >= 4 && blocks[0]! & 1) transparent = blocks[3]!;
    }
    if (kind !== IMAGE) continue;
    const [x, y, width, height] = [read.word(), read.word(), read.word(), read.word()];
    const flags = read.byte();
    const palette = paletteAt(read, flags) ?? shared;
    if (width === 0 || height === 0) throw new Error('holds an image without a pixel');
    const place = { x, y, width, height };
    return { canvas, place, interlaced: (flags & 0x40) !== 0, palette, transparent, data: read.rest() };
  }
}

function paletteAt(read: Reader, flags: number): Uint8Array | null {
  return flags & 0x80 ? read.take(3 * 2 ** ((flags & 7) + 1)) : null;
}

/** Bytes one after the other. */
class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('is cut short');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  word(): number {
    return this.byte() + 256 * this.byte();
  }

  skip(length: number): void {
    this.take(length);
  }

  /** The first of an extension's blocks; all are passed. */
  blocks(): Uint8Array {
    const first = this.take(this.byte());
    if (first.length > 0) while (this.take(this.byte()).length > 0);
    return first;
  }

  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }
}
