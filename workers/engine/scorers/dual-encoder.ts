import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import type { DualEncoderLayout } from '../checkpoint/dual-encoder-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { fixedRows, graphFault } from '../checkpoint/ports.ts';
import { decodeImage, flatImage } from '../image/decode.ts';
import { preprocess } from '../image/preprocess.ts';
import type { RgbImage } from '../image/resize.ts';
import { encodeRows, requireFinite, stack, textFeeds } from '../runtime/encoders.ts';
import { type Model, openAll, type SessionOptions } from '../runtime/session.ts';
import { fitAtOnce } from '../text/text-window.ts';
import type { Tokens } from '../text/tokenizer.ts';
import { Blocks, imageBlock } from './blocks.ts';
import type { Corpus, ImageTextScorer, PairScores } from './scorer.ts';
import { openTowers, type Towers } from './towers.ts';

/** Bytes of embeddings kept of each kind. */
const CACHE_BYTES = 64 * 2 ** 20;

export interface DualEncoder extends ImageTextScorer {
  readonly tokenLength: number;
}

/** Opens a dual encoder: s = cosine of the image's and the text's embedding (GDBENCH.md 1.2). */
export async function openDualEncoder(
  layout: DualEncoderLayout,
  options: SessionOptions & { batch: number },
): Promise<DualEncoder> {
  for (const note of layout.notes) options.warn(note);
  const towers = await openAll(options, (open) => openTowers(layout, open));
  const { width, height } = layout.input;
  return new EmbeddingScorer(layout, towers, {
    texts: fixedRows(towers.text.rows) ?? options.batch,
    images: fixedRows(towers.image.rows) ?? imageBlock(options.batch, width, height),
  });
}

/** The embeddings of a corpus, each made once. */
interface Embeddings {
  readonly key: string;
  readonly texts: Blocks<string, Float32Array>;
  readonly images: Blocks<ImageRef, Float32Array>;
}

class EmbeddingScorer implements DualEncoder {
  readonly protocol = 'cosine';
  readonly #layout: DualEncoderLayout;
  readonly #towers: Towers;
  /** Rows that go through a tower at once. */
  readonly #batch: { readonly texts: number; readonly images: number };
  #present: Embeddings | undefined;
  #rowsScored = 0;

  constructor(layout: DualEncoderLayout, towers: Towers, batch: { texts: number; images: number }) {
    this.#layout = layout;
    this.#towers = towers;
    this.#batch = batch;
  }

  get tokenLength(): number {
    return this.#layout.tokenizer.length;
  }

  get rowsScored(): number {
    return this.#rowsScored;
  }

  async score(
    corpus: Corpus,
    texts: readonly string[],
    images: readonly ImageRef[],
    signal?: AbortSignal,
  ): Promise<PairScores> {
    const embeddings = this.#embeddingsOf(corpus);
    const seen: Float32Array[] = [];
    for (const image of images) {
      signal?.throwIfAborted();
      seen.push(await embeddings.images.get(image));
    }
    const scores: number[][] = [];
    for (const text of texts) {
      signal?.throwIfAborted();
      const embedding = await embeddings.texts.get(text);
      scores.push(seen.map((image) => cosine(this.#towers.image.model, embedding, image)));
    }
    return { scores };
  }

  async probe(): Promise<void> {
    const { width, height } = this.#layout.input;
    const [text] = await this.#encodeTexts(['']);
    const [image] = await this.#encodeImages([flatImage(Math.max(width, height), 128)]);
    cosine(this.#towers.image.model, text!, image!);
    this.#rowsScored = 0;
  }

  async close(): Promise<void> {
    for (const model of this.#towers.models) await model.close();
  }

  #embeddingsOf(corpus: Corpus): Embeddings {
    if (this.#present?.key === corpus.key) return this.#present;
    this.#present = {
      key: corpus.key,
      texts: new Blocks({
        items: corpus.texts,
        keyOf: (text) => text,
        size: this.#batch.texts,
        maxBytes: CACHE_BYTES,
        encode: (texts) => this.#encodeTexts(texts),
      }),
      images: new Blocks({
        items: corpus.images,
        keyOf: imageKey,
        size: this.#batch.images,
        maxBytes: CACHE_BYTES,
        encode: async (refs) => this.#encodeImages(await Promise.all(refs.map(decodeImage))),
      }),
    };
    return this.#present;
  }

  async #encodeTexts(texts: readonly string[]): Promise<Float32Array[]> {
    this.#rowsScored += texts.length;
    const { windowOf, textPorts, text } = this.#towers;
    const { model, rows, output, others } = text;
    const feeds = (part: readonly Tokens[], fed: number) => ({
      ...textFeeds(textPorts, windowOf(part), part, fed),
      ...others(fed),
    });
    const tokens = texts.map(this.#layout.tokenizer.encode);
    return checked(model, output, await encodeRows(model, rows, tokens, output, feeds, fitAtOnce(windowOf)));
  }

  async #encodeImages(images: readonly RgbImage[]): Promise<Float32Array[]> {
    this.#rowsScored += images.length;
    const { model, rows, output, others } = this.#towers.image;
    const { input, preprocess: steps } = this.#layout;
    const planes = images.map((image) => preprocess(image, steps).data);
    const encoded = await encodeRows(model, rows, planes, output, (part, fed) => ({
      [rows.name]: { data: stack(part, fed), dims: [fed, 3, input.height, input.width] },
      ...others(fed),
    }));
    return checked(model, output, encoded);
  }
}

function checked(
  model: Model,
  output: string,
  encoded: { rows: Float32Array[]; dims: readonly number[] },
): Float32Array[] {
  if (encoded.dims.length !== 1) {
    const found = `gives \`${output}\` with ${encoded.dims.length + 1} dimensions`;
    throw new CheckpointFault([graphFault(model, found, 'the pooled embedding [batch, width]', 'export it with that')]);
  }
  for (const row of encoded.rows) requireFinite(model, row);
  return encoded.rows;
}

function cosine(model: Model, a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    const found = `embeds images in ${b.length} numbers, and texts in ${a.length}`;
    throw new CheckpointFault([
      graphFault(model, found, 'one width for both', 'export the projected embeddings of one model'),
    ]);
  }
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  const score = dot / Math.sqrt(aa * bb);
  if (Number.isFinite(score)) return score;
  const found = 'gives an embedding of zeros, which has no direction';
  throw new CheckpointFault([
    graphFault(model, found, 'an embedding that is not zero', 'check its weights, or export it again'),
  ]);
}
