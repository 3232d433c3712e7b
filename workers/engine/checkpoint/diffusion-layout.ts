import type { SchedulerConfig } from '../diffusion/schedule.ts';
import { ENCODER_ROLES, type Encoder, LATENT_OUTPUTS, readAutoencoder } from './autoencoder.ts';
import { type DiffusionParts, readParts } from './diffusion-parts.ts';
import { rangeFaults } from './encoder-range.ts';
import { Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import { latentOf } from './latent.ts';
import { INDEX, type ModelIndex, readModelIndex } from './model-index.ts';
import { type OnnxFile, readOnnx } from './onnx.ts';
import { refuseOtherPipelines } from './pipeline-class.ts';
import { matchInputs, pickOutput } from './ports.ts';
import { readSchedulerFile } from './scheduler-file.ts';
import { readTexts, type TextPart } from './text-part.ts';
import { readUNetConfig, readUNetGraph, type UNetFile, unetOf } from './unet-file.ts';

/** A diffusers/Optimum ONNX export, its configuration read, no model loaded yet. */
export interface DiffusionLayout {
  readonly kind: 'diffusion';
  readonly folder: Folder;
  readonly unet: string;
  /** One encoder; SDXL: two. */
  readonly texts: readonly [TextPart] | readonly [TextPart, TextPart];
  /** Whether zeros take the place of what the encoders make of the empty text. */
  readonly zeroEmptyText: boolean;
  /** null: a pixel model, whose latent is the image itself. */
  readonly vaeEncoder: string | null;
  readonly scheduler: SchedulerConfig;
  /** Whether the U-Net's output holds variances too, in as many channels after those of the prediction. */
  readonly learnedVariance: boolean;
  /** Of the U-Net's input. */
  readonly latent: { readonly channels: number; readonly height: number; readonly width: number };
  /** Side of the square image, in pixels. */
  readonly side: number;
  readonly scalingFactor: number;
  readonly shiftFactor: number;
  /** Numbers in the embedding of a guidance scale, where the configuration or the graph says. */
  readonly guidanceWidth: number | null;
  /** What was chosen where files are silent or contradict a graph, in sentences. */
  readonly warnings: readonly string[];
}

const SILENT_OF_ZEROS = `${INDEX} does not say \`force_zeros_for_empty_prompt\`: the empty text is encoded as any other is, where diffusers' StableDiffusionXLPipeline takes zeros; write it, true or false as the model was trained, and score it again.`;

export function looksLikeDiffusion(folder: Folder): boolean {
  return folder.files.has(INDEX) || [...folder.files.keys()].some((file) => file.startsWith('unet/'));
}

/** @throws CheckpointFault with everything that is missing or wrong. */
export async function readDiffusionLayout(folder: Folder): Promise<DiffusionLayout> {
  const index = await readModelIndex(folder);
  refuseOtherPipelines(folder, index);
  const [faults, warnings] = [new Faults(), [] as string[]];
  const parts = readParts(folder, index, faults, warnings);
  const scheduler = parts.has('scheduler') ? await faults.attempt(() => readSchedulerFile(folder, index)) : undefined;
  const texts = await readTexts(folder, parts, index, faults);
  const unet = await faults.attempt(() => readUNet(folder, parts, index, faults));
  const encoder = await readEncoder(folder, parts, index, faults, warnings);
  const latent =
    unet && encoder !== undefined ? await faults.attempt(() => latentOf(unet, encoder, index, warnings)) : undefined;
  faults.settle();
  if (texts!.length > 1 && index.forceZerosForEmptyPrompt === null) warnings.push(SILENT_OF_ZEROS);
  return {
    kind: 'diffusion',
    folder,
    unet: unet!.file,
    texts: texts!,
    zeroEmptyText: texts!.length > 1 && index.forceZerosForEmptyPrompt === true,
    vaeEncoder: parts.vaeEncoder ?? null,
    scheduler: scheduler!,
    learnedVariance: latent!.learnedVariance,
    latent: { channels: latent!.channels, height: latent!.size, width: latent!.size },
    side: latent!.side,
    scalingFactor: encoder?.config.scalingFactor ?? 1,
    shiftFactor: encoder?.config.shiftFactor ?? 0,
    guidanceWidth: unet!.guidanceWidth,
    warnings,
  };
}

/** undefined: a fault stands in its place. */
async function readUNet(
  folder: Folder,
  { unet }: DiffusionParts,
  index: ModelIndex,
  faults: Faults,
): Promise<UNetFile | undefined> {
  const config = await faults.attempt(() => readUNetConfig(folder, index));
  if (unet === undefined) return undefined;
  const graph = await faults.attempt(() => readUNetGraph(folder, unet, index));
  return config === undefined || graph === undefined ? undefined : unetOf(config, graph);
}

/** null: a pixel model; undefined: a fault stands in its place. */
async function readEncoder(
  folder: Folder,
  { vaeEncoder, has }: DiffusionParts,
  index: ModelIndex,
  faults: Faults,
  warnings: string[],
): Promise<Encoder | null | undefined> {
  if (vaeEncoder === null) return null;
  if (!has('vae_encoder')) return undefined;
  const config = await faults.attempt(() => readAutoencoder(folder, index, warnings));
  if (vaeEncoder === undefined) return undefined;
  const graph = await faults.attempt(() => readEncoderGraph(folder, vaeEncoder));
  if (config === undefined || graph === undefined) return undefined;
  faults.add(...rangeFaults({ config, graph }));
  return { config, graph };
}

async function readEncoderGraph(folder: Folder, file: string): Promise<OnnxFile> {
  const graph = await readOnnx(folder, file);
  matchInputs(graph, ENCODER_ROLES);
  pickOutput(graph, LATENT_OUTPUTS, true);
  return graph;
}
