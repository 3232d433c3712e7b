import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';
import type { Choice } from './diffusion/tune.ts';
import type { Device } from './runtime/device.ts';

export interface EvaluatorOptions {
  /** The checkpoint's folder. */
  readonly dir: string;
  /** Of inspectCheckpoint for this folder. */
  readonly report: InspectionReport;
  /** Default: the report's. */
  readonly protocol?: Protocol;
  /** Errors of single samples to compute beyond those that the protocol needs, so that one pass serves other protocols too. */
  readonly keep?: readonly ('uncond' | 'gray')[];
  /** Sample budget of a diffusion model, 1 to 1000. */
  readonly samples: number;
  /** Of the noise, 0 to 2^53 - 1; PyTorch's generator uses its low 32 bits. */
  readonly seed: number;
  /** Default: auto, the first of the runtime's providers that works here. */
  readonly device?: Device;
  /**
   * Rows that go through a model at once. Pin it, and threads, for results that are equal to the bit. Else it is chosen, between
   * two calls of scoreExamples and so perhaps in the middle of a task: examples of one task may then have been run in different
   * batches, whose scores differ by rounding, within the bounds that are stated for that.
   */
  readonly batch?: number;
  readonly threads?: number;
  /** U-Net sessions side by side, each in a thread of its own. Default: one where batch and threads are pinned, else it is chosen. */
  readonly sessions?: number;
  /** Resident memory that may be taken for speed, in MiB. Default: GDBENCH_MEMORY_MB, else half of what is free. */
  readonly memoryMb?: number;
  /** Told how a diffusion model will be run, when a job is large enough for that to be chosen. */
  readonly onChoice?: (choice: Choice) => void;
  /** Told what is normal but good to know, such as a provider that has no device here. */
  readonly onLog?: (line: string) => void;
}
