import type { SampledProtocol } from '@gdbench/benchmark/protocol';
import type { DiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { type OpenModel, openAll } from '../runtime/session.ts';
import { openConditioning } from './conditioning.ts';
import { baselinesOf, type Diffusion, DiffusionScorer, grayImage } from './diffusion-scorer.ts';
import { openImageSide } from './latents.ts';
import { prepareUNet, type UNetOptions } from './prepare-unet.ts';
import { rowText } from './row-text.ts';
import { DEFAULT_BATCH } from './tune.ts';

export interface DiffusionOptions extends UNetOptions {
  readonly protocol?: SampledProtocol;
  /** Errors to compute beyond those that the protocol needs, so that one pass serves other protocols too (reduceErrors). */
  readonly keep?: readonly ('uncond' | 'gray')[];
}

/** Opens a diffusion checkpoint (GDBENCH.md 1.1). @throws CheckpointFault */
export async function openDiffusion(layout: DiffusionLayout, options: DiffusionOptions): Promise<Diffusion> {
  return openAll(options, (open) => assemble(layout, options, open));
}

async function assemble(layout: DiffusionLayout, options: DiffusionOptions, open: OpenModel): Promise<Diffusion> {
  const { protocol = 'diffusion-itm', keep = [], warn } = options;
  for (const warning of layout.warnings) warn(warning);
  const needs = baselinesOf(protocol, keep);
  const encodeBatch = options.pins.batch ?? DEFAULT_BATCH;
  const texts = await openConditioning(layout, open);
  const [conditioning] = await texts.encode(['']);
  const empty = rowText(conditioning!);
  const images = await openImageSide(layout, encodeBatch, open, warn);
  const model = await open(pathOf(layout.folder, layout.unet), layout.unet);
  const unet = await prepareUNet(layout, model, options, conditioning!);
  if (layout.learnedVariance) warn(learnedVariance(layout));
  const grayLatent = needs.gray ? (await images.encode([grayImage(layout.side)]))[0]! : null;
  const { channels, height, width } = layout.latent;
  return new DiffusionScorer(
    { protocol, needs, side: layout.side, elements: channels * height * width },
    { texts, images, unet, empty, grayLatent, encodeBatch },
  );
}

function learnedVariance({ unet }: DiffusionLayout): string {
  return `${unet} gives twice as many channels as it takes: the first half is the prediction, and the learned variance is left out.`;
}
