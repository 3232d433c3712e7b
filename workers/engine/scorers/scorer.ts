import type { Protocol } from '@gdbench/benchmark/protocol';
import type { ImageRef } from '@gdbench/benchmark/task';

/** What is scored against each other: texts, and images by their imageKey, each once. */
export interface Candidates {
  readonly texts: readonly string[];
  readonly images: readonly ImageRef[];
}

/** Texts and images of one task, each once, in the order of their first appearance. It alone decides what is encoded together. */
export interface Corpus extends Candidates {
  /** Same key, same lists. */
  readonly key: string;
  /** The task's examples in their order. */
  readonly examples: readonly Candidates[];
  /** The task's metrics compare scores of different examples (bias): all are drawn in full, whatever the protocol. */
  readonly everyScore: boolean;
}

/**
 * Errors of single samples: 2-norms over a latent's elements (GDBENCH.md 1.1), in float32. A protocol is a way to reduce them
 * (protocols/reduce.ts), so that a stored pass can be reduced again. Those that no protocol asked for are absent.
 */
export interface SampleErrors {
  /** [text][image][k] */
  readonly cond: readonly (readonly Float32Array[])[];
  /** [image][k]: of the empty text. */
  readonly uncond?: readonly Float32Array[];
  /** [text][k]: of the gray image. */
  readonly gray?: readonly Float32Array[];
}

export interface PairScores {
  /** [text][image]; higher is better. */
  readonly scores: readonly (readonly number[])[];
  /** Absent where nothing is sampled, and where candidates were raced: most of their errors were never drawn. */
  readonly errors?: SampleErrors;
}

/** How a checkpoint scores texts against images. A pair's score depends on the corpus and the pair alone, never on the calls before. */
export interface ImageTextScorer {
  readonly protocol: Protocol;
  /** Rows that went through the U-Net, or through the encoders, so far. */
  readonly rowsScored: number;
  /**
   * @param texts of the corpus, without repetition.
   * @param images of the corpus, without repetition.
   * @throws CheckpointFault when a model fails or gives NaN; DataFault when an image cannot be read.
   */
  score(
    corpus: Corpus,
    texts: readonly string[],
    images: readonly ImageRef[],
    signal?: AbortSignal,
  ): Promise<PairScores>;
  /** Runs every graph once on a gray image and an empty text. @throws CheckpointFault */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** A scorer that fills its batches from several examples at once. */
export interface BlockScorer extends ImageTextScorer {
  /**
   * Says that the examples `from` to `to` are to be scored, before blocks are asked for: how they are run may be chosen now.
   *
   * @throws CheckpointFault
   */
  begin(corpus: Corpus, from: number, to: number): Promise<void>;
  /** Whether a block must be scored whole for its examples to have the same bits wherever a range of them starts. */
  readonly wholeBlocks: boolean;
  /** The examples that run together with the one at this place. */
  blockOf(corpus: Corpus, at: number): { readonly from: number; readonly to: number };
  /** As `score`, for each of several examples. */
  scoreBlock(corpus: Corpus, examples: readonly Candidates[], signal?: AbortSignal): Promise<PairScores[]>;
}
