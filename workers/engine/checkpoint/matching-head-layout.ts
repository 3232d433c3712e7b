import { type EncoderConfig, PLACES, readEncoderConfig } from './encoder-config.ts';
import type { Folder } from './folder.ts';
import { readOnnx } from './onnx.ts';

/** The output of a matching head: [pairs, 2], the logits of "no match" and of "match". */
export const MATCH_OUTPUT = 'itm_score';

/** A BLIP-like export whose one graph judges an image and a text together, its configuration read, no model loaded yet. */
export interface MatchingHeadLayout extends EncoderConfig {
  readonly kind: 'matching-head';
  readonly folder: Folder;
  readonly model: string;
}

/**
 * The graph of a matching head; null where the folder holds none. Its outputs decide, not the name in config.json. Beside a whole
 * pair of encoders model.onnx is their joint form, and is not read.
 *
 * @throws CheckpointFault when model.onnx is no ONNX model.
 */
export async function findMatchingHead(folder: Folder): Promise<string | null> {
  for (const place of PLACES) {
    const has = (name: string) => folder.files.has(place + name);
    if (has('text_model.onnx') && has('vision_model.onnx')) return null;
    const file = `${place}model.onnx`;
    if (folder.files.has(file) && (await readOnnx(folder, file)).outputs.some(({ name }) => name === MATCH_OUTPUT))
      return file;
  }
  return null;
}

/** @throws CheckpointFault naming the file that is missing or wrong. */
export async function readMatchingHeadLayout(folder: Folder, model: string): Promise<MatchingHeadLayout> {
  return { kind: 'matching-head', folder, model, ...(await readEncoderConfig(folder)) };
}
