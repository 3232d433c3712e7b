import { printable } from '@gdbench/storage/printable';
import { CheckpointFault, type FaultParts } from './fault.ts';
import type { Folder } from './folder.ts';
import { INDEX, type ModelIndex } from './model-index.ts';

/*
 * The pipelines whose U-Net is told of an image's noisy latent and a text alone, and the names of others. A pipeline's class decides
 * how a text becomes what its U-Net is told, so that one that is not known is refused by name.
 */

/** What exporters put before the names of diffusers' classes. */
const MAKER = /^(ORT|Onnx|OV|Flax)(?=[A-Z])/;

/** Text to image with Stable Diffusion 1, 2 or XL, or with what was distilled from one; the same parts drawn from in other ways too. */
const KNOWN = new Set([
  'StableDiffusionPipeline',
  'StableDiffusionOnnxPipeline',
  'StableDiffusionImg2ImgPipeline',
  // Models for holes in pictures have more channels, which the U-Net's graph tells.
  'StableDiffusionInpaintPipeline',
  'StableDiffusionInpaintPipelineLegacy',
  'StableDiffusionPipelineSafe',
  'StableDiffusionPAGPipeline',
  'StableDiffusionSAGPipeline',
  'StableDiffusionPanoramaPipeline',
  'StableDiffusionAttendAndExcitePipeline',
  'StableDiffusionKDiffusionPipeline',
  'StableDiffusionLongPromptWeightingPipeline',
  'StableDiffusionDiffEditPipeline',
  'SemanticStableDiffusionPipeline',
  'CycleDiffusionPipeline',
  'StableDiffusionXLPipeline',
  'StableDiffusionXLImg2ImgPipeline',
  'StableDiffusionXLInpaintPipeline',
  'StableDiffusionXLPAGPipeline',
  'StableDiffusionXLKDiffusionPipeline',
  'StableDiffusionXLLongPromptWeightingPipeline',
  'LatentConsistencyModelPipeline',
  'LatentConsistencyModelImg2ImgPipeline',
]);

/** Others, by what their names say: what such a model does instead. */
const OTHERS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/ControlNet|Adapter|GLIGEN|Reference/i, 'is steered by more than a text (a ControlNet, an adapter or boxes)'],
  [/ImageVariation/, 'draws variations of a picture and follows no text'],
  [/InstructPix2Pix|Marigold|PaintByExample|LEdits/i, 'edits or reads a picture that its U-Net is told of'],
  [/Depth2Img|LDM3D/, 'needs or draws depth beside the picture'],
  [/Upscale|SuperResolution/, 'enlarges a small picture that its U-Net is told of'],
  [/Zero123|Zero1to3|BlipDiffusion|VersatileDiffusion|UniDiffuser/, 'draws from a picture'],
  [/Kolors/, 'has a text encoder of another kind (ChatGLM)'],
  [/RectifiedFlow|InstaFlow|PeRFlow/i, 'was trained by flows, where x_t is no mixture by abar'],
  [/UnCLIP|Kandinsky|Karlo/, 'draws from image embeddings, which a prior makes of the text'],
  [/StableCascade|Wuerstchen/, 'draws in several stages, each with a network of its own'],
  [/^IF/, 'is a stage of DeepFloyd IF, whose T5 reads another length of text than its files tell'],
  [/Video|Animate|I2VGen|SVD|Zeroscope|Mochi|LTX|^Wan|Latte|Allegro|Cosmos/i, 'draws videos'],
  [/Audio|Music|Spectrogram|Riffusion|DanceDiffusion/i, 'makes sound'],
  [
    /StableDiffusion3|Flux|PixArt|Sana|Ovis|HunyuanDiT|Lumina|AuraFlow|CogView|QwenImage|Chroma|HiDream|Bria|DiT|OmniGen|ZImage/,
    'has a transformer in the place of a U-Net',
  ],
  [/^(DDPM|DDIM|PNDM|ScoreSde|KarrasVe|LDMPipeline|ConsistencyModel)/, 'draws pictures without any text'],
  [/LDMTextToImage/, 'is the first latent diffusion model, whose text encoder and autoencoder are of other kinds'],
  [/AltDiffusion/, 'has a text encoder of another kind (XLM-R with a projection)'],
  [/VQDiffusion|Amused/, 'draws tokens in the place of latents'],
  [/ShapE|Point|3D/, 'draws three-dimensional shapes'],
];

/** Parts that only other models have. */
const OTHER_PARTS: readonly (readonly [part: string, found: string])[] = [
  ['transformer', 'takes the place of a U-Net'],
  ['text_encoder_3', 'is a third text encoder'],
  ['controlnet', 'is a network that steers the U-Net by a picture (a ControlNet)'],
  ['t2i_adapter', 'is a network that steers the U-Net by a picture (an adapter)'],
  ['motion_adapter', 'is the part of a model that draws videos'],
  ['prior', 'makes image embeddings of a text, from which another stage draws'],
  ['decoder', 'is a stage that draws from image embeddings'],
  ['low_res_scheduler', 'is of a model that enlarges pictures'],
  ['vocoder', 'is the part of a model that makes sound'],
];

const EXPECTED = 'a text-to-image model of one U-Net (Stable Diffusion 1, 2 or XL, or a latent consistency model)';
const GIVE = 'give such a model';

/**
 * Refuses what is no text-to-image model of one U-Net.
 *
 * @throws CheckpointFault of the gravity `kind`: nothing else about such a folder needs to be told.
 */
export function refuseOtherPipelines(folder: Folder, index: ModelIndex): void {
  const why = refinerFault(folder, index) ?? classFault(index) ?? partFault(folder, index);
  if (why) throw new CheckpointFault({ ...why, gravity: 'kind' });
}

/** What a pipeline is that is known to be another, by its class or its parts; null also where its class is not known at all. */
export function otherPipeline(folder: Folder, index: ModelIndex): Why | null {
  return refinerFault(folder, index) ?? (whatOf(index) === null ? null : classFault(index)) ?? partFault(folder, index);
}

export type Why = Omit<FaultParts, 'gravity'>;

/** An SDXL refiner has the second of SDXL's text encoders alone, and takes an aesthetic score in its `time_ids`. */
function refinerFault(folder: Folder, { parts }: ModelIndex): Why | null {
  const second = parts.get('text_encoder_2') != null || hasFolder(folder, 'text_encoder_2');
  const first = parts.get('text_encoder') != null || hasFolder(folder, 'text_encoder');
  if (!second || first) return null;
  return {
    file: INDEX,
    found:
      'names text_encoder_2 without text_encoder, as an SDXL refiner does, which goes on with what a base model drew',
    expected: 'a base model with both text encoders',
    remedy: 'give the SDXL base model',
  };
}

function classFault({ pipeline }: ModelIndex): Why | null {
  if (pipeline === null) return null;
  if (KNOWN.has(pipeline.replace(MAKER, ''))) return null;
  const what = whatOf({ pipeline });
  const shown = printable(pipeline, 80);
  if (what) return { file: INDEX, found: `is of a ${shown}, which ${what}`, expected: EXPECTED, remedy: GIVE };
  return {
    file: INDEX,
    found: `is of a ${shown}, which GDBench does not know`,
    expected: EXPECTED,
    remedy: 'if it draws as one of these does, write its class into `_class_name`, e.g. StableDiffusionPipeline',
  };
}

/** What a model of another class does instead. */
function whatOf({ pipeline }: Pick<ModelIndex, 'pipeline'>): string | null {
  const name = pipeline?.replace(MAKER, '') ?? '';
  return KNOWN.has(name) ? null : (OTHERS.find(([pattern]) => pattern.test(name))?.[1] ?? null);
}

function partFault(folder: Folder, { parts }: ModelIndex): Why | null {
  const expected = EXPECTED;
  for (const [part, found] of OTHER_PARTS)
    if (hasFolder(folder, part) || parts.get(part) != null) return { file: `${part}/`, found, expected, remedy: GIVE };
  const autoencoder = ['vqvae', 'vqvae_encoder', 'movq', 'movq_encoder'].find((part) => hasFolder(folder, part));
  if (autoencoder !== undefined && !hasFolder(folder, 'vae_encoder')) {
    const found = 'is an autoencoder of a kind that GDBench cannot score';
    return { file: `${autoencoder}/`, found, expected: 'vae_encoder/', remedy: GIVE };
  }
  const pictures = parts.get('image_encoder') != null || hasFolder(folder, 'image_encoder');
  if (pictures && parts.get('text_encoder') == null && !hasFolder(folder, 'text_encoder')) {
    const found = 'is there without a text encoder, as in a model that draws variations of a picture';
    return { file: 'image_encoder/', found, expected, remedy: GIVE };
  }
  return null;
}

function hasFolder({ files }: Folder, part: string): boolean {
  return [...files.keys()].some((file) => file.startsWith(`${part}/`));
}
