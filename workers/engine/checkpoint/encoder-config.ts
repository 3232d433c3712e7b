import { z } from 'zod';
import { type Preprocess, preprocessFrom, preprocessorConfig } from '../models/preprocess.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

/** What the configuration files of a dual encoder or a matching head say. */
export interface EncoderConfig {
  readonly preprocess: Preprocess;
  /** Pixels of the model's input. */
  readonly input: { readonly width: number; readonly height: number };
  /** The text config's max_position_embeddings. */
  readonly maxPositions: number | undefined;
}

/** Where exports put their graphs. */
export const PLACES = ['', 'onnx/'] as const;

const positions = z.looseObject({ max_position_embeddings: z.number().int().min(1).optional() });
const modelConfig = positions.extend({ text_config: positions.nullish() });
/** Newer exports keep all processors in one file. */
const processorConfig = z.looseObject({ image_processor: preprocessorConfig.nullish() });

/** @throws CheckpointFault naming the file that is missing or wrong. */
export async function readEncoderConfig(folder: Folder): Promise<EncoderConfig> {
  const config = await readJson(folder, 'config.json', modelConfig);
  const { file, images } = await imageConfig(folder);
  const steps = preprocessFrom(images);
  const input = steps.crop ?? (steps.resize && 'width' in steps.resize ? steps.resize : null);
  if (!input) {
    throw new CheckpointFault(
      file,
      `${file} leaves images of different sizes: it resizes the shortest edge without a crop; give height and width, or a crop.`,
    );
  }
  return {
    preprocess: steps,
    input,
    maxPositions: config.text_config?.max_position_embeddings ?? config.max_position_embeddings,
  };
}

async function imageConfig(folder: Folder): Promise<{ file: string; images: z.output<typeof preprocessorConfig> }> {
  const file = 'preprocessor_config.json';
  const whole = 'processor_config.json';
  if (!folder.files.has(file) && folder.files.has(whole)) {
    const { image_processor: images } = await readJson(folder, whole, processorConfig);
    if (images) return { file: whole, images };
  }
  return { file, images: await readJson(folder, file, preprocessorConfig) };
}
