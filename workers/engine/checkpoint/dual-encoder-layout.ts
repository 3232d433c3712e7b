import { z } from 'zod';
import { type Preprocess, preprocessFrom, preprocessorConfig } from '../models/preprocess.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

/** A CLIP-like export, its configuration read, no model loaded yet. */
export interface DualEncoderLayout {
  readonly kind: 'dual-encoder';
  readonly folder: Folder;
  readonly models: { readonly joint: string } | { readonly text: string; readonly image: string };
  readonly preprocess: Preprocess;
  /** Pixels of the model's input. */
  readonly input: { readonly width: number; readonly height: number };
  /** The text config's max_position_embeddings. */
  readonly maxPositions: number | undefined;
}

const positions = z.looseObject({ max_position_embeddings: z.number().int().min(1).optional() });
const modelConfig = positions.extend({ text_config: positions.nullish() });

const PLACES = ['', 'onnx/'];

/** Whether a folder looks like a dual encoder at all, so that faults in it are named as one's. */
export function looksLikeDualEncoder(folder: Folder): boolean {
  const names = ['model.onnx', 'text_model.onnx', 'vision_model.onnx'];
  return PLACES.some((place) => names.some((name) => folder.files.has(place + name)));
}

/** @throws CheckpointFault naming the file that is missing or wrong. */
export async function readDualEncoderLayout(folder: Folder): Promise<DualEncoderLayout> {
  const models = findModels(folder);
  const config = await readJson(folder, 'config.json', modelConfig);
  const file = 'preprocessor_config.json';
  const images = await readJson(folder, file, preprocessorConfig);
  const steps = preprocessFrom(images);
  const input = steps.crop ?? (steps.resize && 'width' in steps.resize ? steps.resize : null);
  if (!input) {
    throw new CheckpointFault(
      file,
      `${file} leaves images of different sizes: it resizes the shortest edge without a crop; give height and width, or a crop.`,
    );
  }
  return {
    kind: 'dual-encoder',
    folder,
    models,
    preprocess: steps,
    input,
    maxPositions: config.text_config?.max_position_embeddings ?? config.max_position_embeddings,
  };
}

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
