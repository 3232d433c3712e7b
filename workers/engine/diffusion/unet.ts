import type { Choice } from './tune.ts';
import type { RowText } from './unet-graph.ts';

/** One pass through the U-Net: an image's latent, a text, and the sample k, whose error goes to `into[k]`. */
export interface Row {
  /** Best on shared memory (onSharedMemory), so that no thread copies it. */
  readonly z0: Float32Array;
  readonly text: RowText;
  readonly k: number;
  readonly into: Float32Array;
}

/**
 * The one way to the U-Net, for whatever protocol: hand `errors` any rows, of any images, texts and samples, and each row's error
 * stands in its `into[k]` when the promise resolves.
 *
 * - Rows that share a batch are neighbours in the order given; where a batch must hold one timestep (manySteps is false), those of
 *   each k are taken together, in the order of each k's first row. So give many rows at once, ordered by k: with n rows a k, a batch
 *   is full when n is a multiple of `batch`.
 * - What shares a batch is a function of that call's list alone: the same list gives the same bits when batch and threads are pinned.
 * - Calls may overlap: their batches queue up, so that sessions do not wait while a caller thinks.
 */
export interface UNet {
  /** Samples of the whole budget: k is 0 to count - 1. */
  readonly count: number;
  /** Rows of a full batch. Only settle changes it. */
  readonly batch: number;
  /** Whether rows of several k share a batch. */
  readonly manySteps: boolean;
  /** Whether equal bits are asked for, whatever else is scored: batch and threads are pinned. */
  readonly pinned: boolean;
  readonly rowsRun: number;
  readonly choice: Choice;
  /** Says how many rows are to come, before their errors are asked for. A large job is worth a measurement and threads. */
  settle(rows: number): Promise<void>;
  /** @throws CheckpointFault when the graph fails or gives NaN; the signal's reason. */
  errors(rows: readonly Row[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
