import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { FolderName } from '@gdbench/storage/remedy';
import { CheckpointFault, type Fault } from './checkpoint/fault.ts';
import { type Folder, hashFolder, lookInto } from './checkpoint/folder.ts';
import { modelFiles, readLayout, readModel } from './checkpoint/layout.ts';
import { openDiffusion } from './diffusion/diffusion.ts';
import { allFaults } from './refusal.ts';
import type { Device } from './runtime/device.ts';
import type { SessionOptions } from './runtime/session.ts';
import { openDualEncoder } from './scorers/dual-encoder.ts';
import { openMatchingHead } from './scorers/matching-head.ts';

export type Inspection =
  | { readonly ok: true; readonly report: InspectionReport }
  /** The gravest fault's file, '' for the folder itself; all sentences in one line; every fault by itself, the gravest first. */
  | {
      readonly ok: false;
      readonly file: string;
      readonly reason: string;
      readonly faults: readonly [Fault, ...Fault[]];
    };

export interface InspectOptions {
  /** What the folder is called in the commands that mend it. Default: its own name. */
  readonly name?: FolderName | undefined;
  /** Where the graphs will run: what that device cannot run is refused. Default: the CPU. */
  readonly device?: Device | undefined;
  /** Told of each check as it is passed: a large checkpoint takes a while. */
  readonly onCheck?: ((check: string) => void) | undefined;
}

/**
 * Finds out what a folder of files is, and whether it can be scored: lists it, reads its configuration and graphs, opens every
 * model and runs each once. The files are taken as hostile; give this a process with limits of its own.
 *
 * @throws only what is no fault of the checkpoint's.
 */
export async function inspectCheckpoint(dir: string, options: InspectOptions = {}): Promise<Inspection> {
  try {
    return { ok: true, report: await inspect(dir, options) };
  } catch (error) {
    if (error instanceof CheckpointFault)
      return { ok: false, file: error.file, reason: error.message, faults: error.faults };
    throw error;
  }
}

async function inspect(
  dir: string,
  { name, device = 'cpu', onCheck = () => {} }: InspectOptions,
): Promise<InspectionReport> {
  const { folder, faults } = await lookInto(dir, name);
  const checks: string[] = [];
  const warnings: string[] = [];
  const passed = (check: string) => {
    checks.push(check);
    onCheck(check);
  };
  const options: SessionOptions = { device, threads: 1, warn: (sentence) => warnings.push(sentence) };
  const [first, ...more] = faults;
  try {
    if (first) throw new CheckpointFault([first, ...more]);
    passed(`${folder.files.size} files, none of them outside of the folder`);
    const facts = await readCheckpoint(folder, options, passed);
    return { ...facts, checks, warnings, sha256: await hashFolder(folder), inside: folder.inside };
  } catch (error) {
    if (!(error instanceof CheckpointFault)) throw error;
    throw new CheckpointFault(await allFaults(folder, error.faults, options, () => onCheck('')));
  }
}

type Facts = Omit<InspectionReport, 'checks' | 'warnings' | 'sha256' | 'inside'>;

async function readCheckpoint(
  folder: Folder,
  options: SessionOptions,
  passed: (check: string) => void,
): Promise<Facts> {
  const layout = await readLayout(folder);
  passed(
    layout.kind === 'diffusion' ? 'model index, scheduler and configs read' : 'config and preprocessor config read',
  );
  let parameters = 0;
  for (const file of modelFiles(layout)) {
    parameters += (await readModel(layout, file)).parameters;
    passed(`${file} is an ONNX model`);
  }
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
    bytes: [...folder.files.values()].reduce((sum, size) => sum + size, 0),
  };
}
