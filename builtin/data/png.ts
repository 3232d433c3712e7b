import sharp from 'sharp';
import { SIDE } from './raycast.ts';

/** A PNG of SIDE x SIDE RGB bytes, with fixed settings, so that equal pixels give equal files. */
export async function encodePng(pixels: Uint8Array): Promise<Buffer> {
  return await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png({ compressionLevel: 6, adaptiveFiltering: true, palette: false, progressive: false })
    .toBuffer();
}
