import { type DiffusionLayout, looksLikeDiffusion, readDiffusionLayout } from './diffusion-layout.ts';
import type { DualEncoderLayout } from './dual-encoder-layout.ts';
import { looksLikeEncoder } from './encoder-graphs.ts';
import { readEncoderLayout } from './encoder-layout.ts';
import { CheckpointFault, Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import type { MatchingHeadLayout } from './matching-head-layout.ts';
import { naflexFault } from './naflex.ts';
import { type OnnxFile, readOnnx } from './onnx.ts';
import { scatteredFault, surveyFaults, unknownFaults } from './survey.ts';
import { otherModel } from './weights.ts';

export type Layout = DiffusionLayout | DualEncoderLayout | MatchingHeadLayout;

/** Reads the configuration of whichever kind the folder holds. @throws CheckpointFault with all that is wrong. */
export async function readLayout(folder: Folder): Promise<Layout> {
  const faults = new Faults();
  faults.add(...(await surveyFaults(folder)));
  faults.settle();
  if (looksLikeDiffusion(folder)) return readDiffusionLayout(folder);
  const other = scatteredFault(folder) ?? (await otherModel(folder));
  if (other) throw new CheckpointFault([other]);
  if (looksLikeEncoder(folder)) return readEncoderLayout(folder);
  throw new CheckpointFault(await unknownFaults(folder));
}

/** The ONNX files that scoring runs. */
export function modelFiles(layout: Layout): string[] {
  if (layout.kind === 'dual-encoder') return Object.values(layout.models);
  if (layout.kind === 'matching-head') return [layout.model];
  return [...layout.texts.map(({ model }) => model), layout.vaeEncoder, layout.unet].filter((file) => file !== null);
}

/**
 * Reads one of a layout's models without making a session.
 *
 * @throws CheckpointFault as readOnnx does, and when the graph draws random numbers; a VAE encoder's draw is put right later.
 */
export async function readModel(layout: Layout, file: string): Promise<OnnxFile> {
  const model = await readOnnx(layout.folder, file);
  const naflex = naflexFault(model, layout.folder.name);
  if (naflex) throw new CheckpointFault([naflex]);
  const encoder = layout.kind === 'diffusion' && file === layout.vaeEncoder;
  if (model.random === null || encoder) return model;
  throw new CheckpointFault({
    file,
    found: `draws random numbers (node ${model.random}), so that its scores would differ from run to run`,
    expected: 'a graph that gives the same for the same',
    remedy: 'export it in evaluation mode (`model.eval()`), without dropout or sampling',
    gravity: 'setting',
  });
}
