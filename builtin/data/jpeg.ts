import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { SIDE } from './raycast.ts';

/** A JPEG of SIDE x SIDE RGB bytes, as near to them as the format can be; equal pixels give equal files. */
export async function encodeJpeg(pixels: Uint8Array): Promise<Buffer> {
  return await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** SHA-256 of the file that the machine which made the set's data versions packs of `GRADIENT`. */
const GRADIENT_SHA256 = '6eb0bb78bdef146cde68aa169d7c3421c16dadbf7d24c4ad923fdc2b27941adb';
const GRADIENT = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * 7 + (i % 3) * 40) % 256);

/** Whether files are packed here as they were for the set's data versions; another build of the library may do otherwise. */
export async function packsJpegAsMeant(): Promise<boolean> {
  return (
    createHash('sha256')
      .update(await encodeJpeg(GRADIENT))
      .digest('hex') === GRADIENT_SHA256
  );
}
