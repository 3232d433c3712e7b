import sharp from 'sharp';
import { SIDE } from './raycast.ts';

/** A JPEG of SIDE x SIDE RGB bytes, as near to them as the format can be; equal pixels give equal files. */
export async function encodeJpeg(pixels: Uint8Array): Promise<Buffer> {
  return await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
