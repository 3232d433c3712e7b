import path from 'node:path';
import { readHead } from '@gdbench/benchmark/file-kind';
import { disguiseOf, textDisguiseOf } from './content.ts';
import { graphOfPart } from './diffusion-parts.ts';
import { graphsThere, tokenizerDir } from './encoder-graphs.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { isGraph, otherFormats } from './formats.ts';
import { expectedOf } from './missing.ts';
import { packing } from './packed.ts';
import { flawedFault, PART } from './packed-faults.ts';

/*
 * The files that scoring would most likely read, by their places alone: for a checkpoint whose own files do not tell, since one of
 * them is broken.
 */

/** Parts that have a graph which scoring runs. */
const GRAPHS = ['unet', 'vae_encoder', 'text_encoder', 'text_encoder_2'];
const PARTS = /^(unet|vae_encoder|text_encoder(_2)?|tokenizer(_2)?|scheduler)\/[^/]+$/;
/** A page or a pointer is not longer. */
const LONGEST_DISGUISE = 2 ** 20;

const isDiffusion = ({ files }: Folder): boolean =>
  files.has('model_index.json') || [...files.keys()].some((file) => file.startsWith('unet/'));

/** The graphs that a scorer would run. */
export function likelyGraphs(folder: Folder): string[] {
  if (!isDiffusion(folder)) return graphsThere(folder);
  return GRAPHS.map((part) => graphOfPart(folder, part)).filter((file) => file !== undefined);
}

/** Folders of tokenizers that hold something. */
export function likelyTokenizers(folder: Folder): string[] {
  const dirs = isDiffusion(folder) ? ['tokenizer', 'tokenizer_2'] : [tokenizerDir(folder)];
  return dirs.filter((dir) => [...folder.files.keys()].some((file) => dir === '' || file.startsWith(`${dir}/`)));
}

/** Faults of files that are pointers, pages or nothing instead of what their names say. */
export async function disguisedFiles(folder: Folder): Promise<Fault[]> {
  const files = [...folder.files.keys()];
  const foreign = new Set(otherFormats(files).flatMap((format) => format.files));
  const graphs = likelyGraphs(folder);
  const diffusion = isDiffusion(folder);
  const faults: Fault[] = [];
  for (const file of files) {
    const place = diffusion
      ? file === 'model_index.json' || PARTS.test(file)
      : /^((onnx|textual|visual)\/)?[^/]+$/.test(file);
    const kind = packing(file);
    const flaw = kind && (place || PART.test(kind.stem)) ? await flawedFault(folder, file) : null;
    if (flaw) faults.push({ ...flaw, gravity: 'file' });
    if (kind) continue;
    const isRead = isGraph(file) ? graphs.includes(file) : !foreign.has(file) && !/\.(md|png|jpe?g|gif)$/i.test(file);
    if (!place || !isRead || folder.files.get(file)! > LONGEST_DISGUISE) continue;
    const head = await readHead(path.join(folder.root, file));
    const known = isGraph(file) || file.endsWith('.json');
    const disguise = (known ? disguiseOf : textDisguiseOf)(head, { file, dir: folder.name });
    if (disguise) faults.push(faultOf({ file, ...disguise, expected: expectedOf(file), gravity: 'file' }));
  }
  return faults;
}
