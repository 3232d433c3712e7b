import { z } from 'zod';
import { type Preprocess, preprocessFrom, preprocessorConfig, unknownProcessor } from '../models/preprocess.ts';
import type { ModelText } from '../models/tokenizer.ts';
import { CheckpointFault } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

/** What the configuration files of a dual encoder or a matching head say. */
export interface EncoderConfig {
  readonly preprocess: Preprocess;
  /** Pixels of the model's input. */
  readonly input: { readonly width: number; readonly height: number };
  readonly text: ModelText;
}

/** Where exports put their graphs. */
export const PLACES = ['', 'onnx/'] as const;

const positions = z.looseObject({
  max_position_embeddings: z.number().int().min(1).nullish(),
  vocab_size: z.number().int().min(1).nullish(),
});
const modelConfig = positions.extend({ text_config: positions.nullish() });
/** Newer exports keep all processors in one file. */
const processorConfig = z.looseObject({ image_processor: preprocessorConfig.nullish() });

/** @throws CheckpointFault naming the file that is missing or wrong. */
export async function readEncoderConfig(folder: Folder): Promise<EncoderConfig> {
  const config = await readJson(folder, 'config.json', modelConfig);
  const { file, images } = await imageConfig(folder);
  const unknown = unknownProcessor(images);
  if (unknown !== null) {
    throw new CheckpointFault(
      file,
      `${file} is for a ${unknown}, whose defaults GDBench does not know (it knows CLIP's, SigLIP's, BLIP's and ViT's); write size, resample, do_center_crop, crop_size, image_mean and image_std out.`,
    );
  }
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
    text: {
      maxPositions: config.text_config?.max_position_embeddings ?? config.max_position_embeddings ?? undefined,
      vocabSize: config.text_config?.vocab_size ?? config.vocab_size ?? undefined,
    },
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
