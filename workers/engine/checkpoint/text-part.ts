import { printable } from '@gdbench/storage/printable';
import { z } from 'zod';
import { textOutputs } from '../text/text-outputs.ts';
import { TEXT_ROLES } from '../text/text-roles.ts';
import { type ModelText, openTokenizer, type TextTokenizer } from '../text/tokenizer.ts';
import type { DiffusionParts } from './diffusion-parts.ts';
import { CheckpointFault, type Fault, type Faults, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';
import { INDEX, type ModelIndex } from './model-index.ts';
import { type OnnxFile, readOnnx } from './onnx.ts';
import { graphFault, matchInputs } from './ports.ts';

/** One text encoder and its tokenizer. */
export interface TextPart {
  readonly model: string;
  readonly tokenizer: TextTokenizer;
  /** Whether the U-Net is told this encoder's `text_embeds` too. */
  readonly pooled: boolean;
  /** Whether the encoder is told which tokens are padding, where its graph takes a mask. */
  readonly masked: boolean;
}

const count = z.number().int().min(1).nullish();
const textConfig = z.looseObject({
  model_type: z.string().nullish(),
  max_position_embeddings: count,
  vocab_size: count,
  num_hidden_layers: count,
  use_attention_mask: z.boolean().nullish(),
});

/** Classes whose first output, which diffusers' pipelines take of one encoder, is the last hidden state; and what exporters write. */
const CLASSES =
  /^((Flax)?CLIPTextModel(WithProjection)?|ChineseCLIPTextModel|BertModel|(XLM)?RobertaModel|M?T5EncoderModel|OnnxRuntimeModel|ORT\w*|OV\w*|)$/;

/** The first text encoder and, in SDXL, the second. @returns undefined where a fault stands in the place of one. */
export async function readTexts(
  folder: Folder,
  { text, secondText, has }: DiffusionParts,
  index: ModelIndex,
  faults: Faults,
): Promise<readonly [TextPart] | readonly [TextPart, TextPart] | undefined> {
  const ofTwo = secondText !== null;
  const read = (number: '' | '_2', model: string | undefined) =>
    readTextPart(folder, has, { number, model, ofTwo, name: index.parts.get(`text_encoder${number}`) ?? '' }, faults);
  const first = await read('', text);
  const second = secondText === null ? null : await read('_2', secondText);
  if (first === undefined || second === undefined) return undefined;
  return second === null ? [first] : [first, second];
}

interface Place {
  readonly number: '' | '_2';
  readonly model: string | undefined;
  readonly ofTwo: boolean;
  /** Its class, as the model index has it. */
  readonly name: string;
}

async function readTextPart(
  folder: Folder,
  has: DiffusionParts['has'],
  { number, model, ofTwo, name }: Place,
  faults: Faults,
): Promise<TextPart | undefined> {
  const pooled = number === '_2';
  const file = `text_encoder${number}/config.json`;
  const config = folder.files.has(file) ? await faults.attempt(() => readJson(folder, file, textConfig)) : {};
  if (has(`text_encoder${number}`) && !CLASSES.test(name)) faults.add(otherClass(`text_encoder${number}`, name));
  const masked = config?.use_attention_mask === true;
  const layers = config?.num_hidden_layers ?? undefined;
  const graph =
    model === undefined
      ? undefined
      : await faults.attempt(() => readTextGraph(folder, model, { ofTwo, pooled, layers, masked }));
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
  return { model, tokenizer, pooled, masked };
}

/** @throws CheckpointFault where it asks for what it cannot be fed, or does not give what the U-Net is told. */
async function readTextGraph(
  folder: Folder,
  file: string,
  of: Parameters<typeof textOutputs>[1] & { readonly masked: boolean },
): Promise<OnnxFile> {
  const graph = await readOnnx(folder, file);
  const ports = matchInputs(graph, TEXT_ROLES);
  textOutputs(graph, of);
  if (!of.masked || ports.has('attention_mask')) return graph;
  const found = 'has no input `attention_mask`, though its config.json says `use_attention_mask`';
  throw new CheckpointFault([graphFault(graph, found, 'a graph with that input', 'export it with that input')]);
}

function otherClass(part: string, name: string): Fault {
  return faultOf({
    file: INDEX,
    found: `names a ${printable(name, 80)} as ${part}, of whose outputs GDBench does not know which one its U-Net is told of`,
    expected: 'a CLIPTextModel, or in XL a CLIPTextModelWithProjection too',
    remedy: 'give a model with one of these',
    gravity: 'kind',
  });
}
