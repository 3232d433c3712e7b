import { encode } from 'fast-png';
import { SIDE } from './raycast.ts';

/** A PNG of SIDE x SIDE RGB bytes; equal pixels give equal files, on every machine, since nothing but JavaScript packs them. */
export function encodePng(pixels: Uint8Array): Uint8Array {
  return encode({ width: SIDE, height: SIDE, channels: 3, depth: 8, data: pixels });
}
