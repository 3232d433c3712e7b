import { z } from 'zod';
import { TEXT_ROLES } from '../models/encoders.ts';
import { matchInputs } from '../models/ports.ts';
import { textOutputs } from '../models/text-outputs.ts';
import { type ModelText, openTokenizer, type TextTokenizer } from '../models/tokenizer.ts';
import type { DiffusionParts } from './diffusion-parts.ts';
import type { Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';
import { type OnnxFile, readOnnx } from './onnx.ts';

/** One text encoder and its tokenizer. */
export interface TextPart {
  readonly model: string;
  readonly tokenizer: TextTokenizer;
  /** Whether the U-Net is told this encoder's `text_embeds` too. */
  readonly pooled: boolean;
}

const count = z.number().int().min(1).nullish();
const textConfig = z.looseObject({
  model_type: z.string().nullish(),
  max_position_embeddings: count,
  vocab_size: count,
});

/** The first text encoder and, in SDXL, the second. @returns undefined where a fault stands in the place of one. */
export async function readTexts(
  folder: Folder,
  { text, secondText, has }: DiffusionParts,
  faults: Faults,
): Promise<readonly [TextPart] | readonly [TextPart, TextPart] | undefined> {
  const ofTwo = secondText !== null;
  const read = (number: '' | '_2', model: string | undefined) =>
    readTextPart(folder, has, { number, model, ofTwo }, faults);
  const first = await read('', text);
  const second = secondText === null ? null : await read('_2', secondText);
  if (first === undefined || second === undefined) return undefined;
  return second === null ? [first] : [first, second];
}

async function readTextPart(
  folder: Folder,
  has: DiffusionParts['has'],
  { number, model, ofTwo }: { readonly number: '' | '_2'; readonly model: string | undefined; readonly ofTwo: boolean },
  faults: Faults,
): Promise<TextPart | undefined> {
  const pooled = number === '_2';
  const file = `text_encoder${number}/config.json`;
  const config = folder.files.has(file) ? await faults.attempt(() => readJson(folder, file, textConfig)) : {};
  const graph =
    model === undefined ? undefined : await faults.attempt(() => readTextGraph(folder, model, { ofTwo, pooled }));
  if (!has(`tokenizer${number}`)) return undefined;
  const fixed = graph?.inputs.find(({ name }) => name === 'input_ids')?.shape[1];
  const said: ModelText = {
    graphLength: typeof fixed === 'number' ? fixed : undefined,
    maxPositions: config?.max_position_embeddings ?? undefined,
    modelType: config?.model_type ?? undefined,
    vocabSize: config?.vocab_size ?? undefined,
  };
  const tokenizer = await faults.attempt(() => openTokenizer(folder, `tokenizer${number}`, said));
  if (model === undefined || graph === undefined || config === undefined || tokenizer === undefined) return undefined;
  return { model, tokenizer, pooled };
}

/** @throws CheckpointFault where it asks for what it cannot be fed, or does not give what the U-Net is told. */
async function readTextGraph(folder: Folder, file: string, of: Parameters<typeof textOutputs>[1]): Promise<OnnxFile> {
  const graph = await readOnnx(folder, file);
  matchInputs(graph, TEXT_ROLES);
  textOutputs(graph, of);
  return graph;
}
