/** Texts and images of one task, each once, in the order of their first appearance. It alone decides what is encoded together. */
export interface Corpus {
  /** Same key, same lists. */
  readonly key: string;
  readonly texts: readonly string[];
  /** Absolute paths. */
  readonly images: readonly string[];
}

/** Errors of single samples: 2-norms over a latent's elements (GDBENCH.md 1.1). */
export interface SampleErrors {
  /** [text][image][k] */
  readonly cond: readonly (readonly (readonly number[])[])[];
  /** [image][k] */
  readonly uncond: readonly (readonly number[])[];
}

export interface PairScores {
  /** [text][image]; higher is better. */
  readonly scores: readonly (readonly number[])[];
  /** Absent where nothing is sampled. */
  readonly errors?: SampleErrors;
}

export const PROTOCOLS = ['diffusion-itm', 'cosine'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

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
  score(corpus: Corpus, texts: readonly string[], images: readonly string[], signal?: AbortSignal): Promise<PairScores>;
  /** Runs every graph once on a gray image and an empty text. @throws CheckpointFault */
  probe(): Promise<void>;
  close(): Promise<void>;
}
