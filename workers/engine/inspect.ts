import type { Protocol } from '@gdbench/benchmark/protocol';
import { type DiffusionLayout, looksLikeDiffusion, readDiffusionLayout } from './checkpoint/diffusion-layout.ts';
import {
  type DualEncoderLayout,
  looksLikeDualEncoder,
  readDualEncoderLayout,
} from './checkpoint/dual-encoder-layout.ts';
import { CheckpointFault, type Fault } from './checkpoint/fault.ts';
import { type Folder, hashFolder, openFolder } from './checkpoint/folder.ts';
import {
  findMatchingHead,
  type MatchingHeadLayout,
  readMatchingHeadLayout,
} from './checkpoint/matching-head-layout.ts';
import { type OnnxFile, readOnnx } from './checkpoint/onnx.ts';
import { openDiffusion } from './models/diffusion.ts';
import { openDualEncoder } from './models/dual-encoder.ts';
import { openMatchingHead } from './models/matching-head.ts';
import type { SessionOptions } from './models/session.ts';

export type Layout = DiffusionLayout | DualEncoderLayout | MatchingHeadLayout;

/** What inspection found; plain data, so that it can be stored and shown. */
export interface CheckpointReport {
  readonly kind: Layout['kind'];
  /** Weights in the graphs that scoring runs. */
  readonly parameters: number;
  /** Pixels that an image is brought to. */
  readonly inputSize: { readonly width: number; readonly height: number };
  /** Tokens of every text, its padding included. */
  readonly tokenLength: number;
  /** How the checkpoint is scored unless asked otherwise. */
  readonly protocol: Protocol;
  /** What a diffusion model predicts; null for the others. */
  readonly predictionType: string | null;
  /** [channels, height, width] of a diffusion model's latent; null for the others. */
  readonly latent: readonly [number, number, number] | null;
  readonly files: number;
  readonly bytes: number;
  /** What was checked and found right, in the order it was checked. */
  readonly checks: readonly string[];
  readonly warnings: readonly string[];
  /** Identity of the checkpoint (checkpointSha256 in checkpoint/folder.ts). */
  readonly sha256: string;
}

export type Inspection =
  | { readonly ok: true; readonly report: CheckpointReport }
  /** The gravest fault's file, '' for the folder itself; all sentences in one line; every fault by itself, the gravest first. */
  | { readonly ok: false; readonly file: string; readonly reason: string; readonly faults: readonly Fault[] };

/** Reads the configuration of whichever kind the folder holds. @throws CheckpointFault */
export async function readLayout(folder: Folder): Promise<Layout> {
  if (looksLikeDiffusion(folder)) return readDiffusionLayout(folder);
  if (looksLikeDualEncoder(folder)) {
    const head = await findMatchingHead(folder);
    return head === null ? readDualEncoderLayout(folder) : readMatchingHeadLayout(folder, head);
  }
  const variant = [...folder.files.keys()].find((file) => /^(onnx\/)?((text|vision)_)?model_\w+\.onnx$/.test(file));
  if (variant) {
    const plain = variant.replace(/model_\w+\.onnx$/, 'model.onnx');
    throw new CheckpointFault(
      variant,
      `${variant} is a variant of ${plain}, which is missing; give it that name to have it scored.`,
    );
  }
  throw new CheckpointFault(
    '',
    'The folder holds no checkpoint that GDBench knows: neither model_index.json (diffusion) nor model.onnx or text_model.onnx with ' +
      'vision_model.onnx (dual encoder, matching head) is there; export one with `optimum-cli export onnx`.',
  );
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
  const encoder = layout.kind === 'diffusion' && file === layout.vaeEncoder;
  if (model.random === null || encoder) return model;
  throw new CheckpointFault(
    file,
    `${file} draws random numbers (node ${model.random}), so its scores would differ from run to run; export it without.`,
  );
}

/**
 * Finds out what a folder of files is, and whether it can be scored: lists it, reads its configuration and graphs, opens every
 * model and runs each once. The files are taken as hostile; give this a process with limits of its own.
 *
 * @param onCheck told of each check as it is passed: a large checkpoint takes a while.
 * @throws only what is no fault of the checkpoint's.
 */
export async function inspectCheckpoint(dir: string, onCheck?: (check: string) => void): Promise<Inspection> {
  try {
    return { ok: true, report: await inspect(dir, onCheck) };
  } catch (error) {
    if (error instanceof CheckpointFault)
      return { ok: false, file: error.file, reason: error.message, faults: error.faults };
    throw error;
  }
}

async function inspect(dir: string, onCheck: (check: string) => void = () => {}): Promise<CheckpointReport> {
  const folder = await openFolder(dir);
  const checks: string[] = [];
  const passed = (check: string) => {
    checks.push(check);
    onCheck(check);
  };
  passed(`${folder.files.size} files, no links`);
  const layout = await readLayout(folder);
  passed(
    layout.kind === 'diffusion' ? 'model index, scheduler and configs read' : 'config and preprocessor config read',
  );
  let parameters = 0;
  for (const file of modelFiles(layout)) {
    parameters += (await readModel(layout, file)).parameters;
    passed(`${file} is an ONNX model`);
  }
  const warnings: string[] = [];
  const options: SessionOptions = { device: 'cpu', threads: 1, warn: (sentence) => warnings.push(sentence) };
  const scorer =
    layout.kind === 'diffusion'
      ? await openDiffusion(layout, { ...options, samples: 2, seed: 0, pins: { batch: 2 }, memoryBytes: 0 })
      : layout.kind === 'dual-encoder'
        ? await openDualEncoder(layout, { ...options, batch: 2 })
        : await openMatchingHead(layout, { ...options, batch: 2 });
  try {
    passed(`tokenizer gives ${scorer.tokenLength} tokens`);
    passed('inputs and outputs fit each other');
    await scorer.probe();
    passed('a gray image and an empty text give finite values');
  } finally {
    await scorer.close();
  }
  const bytes = [...folder.files.values()].reduce((sum, size) => sum + size, 0);
  const diffusion = layout.kind === 'diffusion' ? layout : null;
  return {
    kind: layout.kind,
    parameters,
    inputSize: layout.kind === 'diffusion' ? { width: layout.side, height: layout.side } : layout.input,
    tokenLength: scorer.tokenLength,
    protocol: scorer.protocol,
    predictionType: diffusion?.scheduler.prediction_type ?? null,
    latent: diffusion ? [diffusion.latent.channels, diffusion.latent.height, diffusion.latent.width] : null,
    files: folder.files.size,
    bytes,
    checks,
    warnings,
    sha256: await hashFolder(folder),
  };
}
