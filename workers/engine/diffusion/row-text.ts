import type { Conditioning } from './conditioning.ts';
import { onSharedMemory, type RowText } from './unet-graph.ts';

let texts = 0;

/** A text's conditioning where every thread can read it. */
export function rowText({ hidden, pooled, byteLength }: Conditioning): RowText {
  texts += 1;
  return { id: texts, hidden: onSharedMemory(hidden.data), pooled: pooled ? onSharedMemory(pooled) : null, byteLength };
}
