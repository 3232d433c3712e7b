import { type EncoderConfig, PLACES, readEncoderConfig } from './encoder-config.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';

/** A CLIP-like export, its configuration read, no model loaded yet. */
export interface DualEncoderLayout extends EncoderConfig {
  readonly kind: 'dual-encoder';
  readonly folder: Folder;
  readonly models: { readonly joint: string } | { readonly text: string; readonly image: string };
}

/** Whether a folder looks like a dual encoder at all, so that faults in it are named as one's. */
export function looksLikeDualEncoder(folder: Folder): boolean {
  const names = ['model.onnx', 'text_model.onnx', 'vision_model.onnx'];
  return PLACES.some((place) => names.some((name) => folder.files.has(place + name)));
}

/** @throws CheckpointFault naming the file that is missing or wrong. */
export async function readDualEncoderLayout(folder: Folder): Promise<DualEncoderLayout> {
  const models = findModels(folder);
  return { kind: 'dual-encoder', folder, models, ...(await readEncoderConfig(folder)) };
}

/** A pair of encoders wins over a graph that holds both: it does not run one for the other's sake. */
function findModels(folder: Folder): DualEncoderLayout['models'] {
  for (const place of PLACES) {
    const [text, image] = [`${place}text_model.onnx`, `${place}vision_model.onnx`];
    if (folder.files.has(text) && folder.files.has(image)) return { text, image };
  }
  for (const place of PLACES) {
    if (folder.files.has(`${place}model.onnx`)) return { joint: `${place}model.onnx` };
  }
  for (const place of PLACES) {
    const [text, image] = [`${place}text_model.onnx`, `${place}vision_model.onnx`];
    const missing = folder.files.has(text) ? image : folder.files.has(image) ? text : undefined;
    if (missing)
      throw new CheckpointFault(missing, `${missing} is missing; a split export needs both of its encoders.`);
  }
  throw new CheckpointFault(
    'model.onnx',
    'model.onnx is missing; export the checkpoint with `optimum-cli export onnx`.',
  );
}
