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
import type { Corpus, ImageTextScorer } from './scorer.ts';
import { openTowers } from './towers.ts';

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
  const { tokenizer } = layout;
  for (const note of layout.notes) options.warn(note);
  const towers = await openAll(options, (open) => openTowers(layout, open));
  let rowsScored = 0;

  const encodeTexts = async (texts: readonly string[]) => {
    rowsScored += texts.length;
    const { model, rows, output, others } = towers.text;
    const { windowOf, textPorts } = towers;
    const feeds = (part: readonly Tokens[], fed: number) => ({
      ...textFeeds(textPorts, windowOf(part), part, fed),
      ...others(fed),
    });
    const encoded = await encodeRows(model, rows, texts.map(tokenizer.encode), output, feeds, fitAtOnce(windowOf));
    return checked(model, output, encoded);
  };
  const encodeImages = async (images: readonly RgbImage[]) => {
    rowsScored += images.length;
    const { model, rows, output, others } = towers.image;
    const { width, height } = layout.input;
    const planes = images.map((image) => preprocess(image, layout.preprocess).data);
    const encoded = await encodeRows(model, rows, planes, output, (part, fed) => ({
      [rows.name]: { data: stack(part, fed), dims: [fed, 3, height, width] },
      ...others(fed),
    }));
    return checked(model, output, encoded);
  };

  const textBatch = fixedRows(towers.text.rows) ?? options.batch;
  const imageBatch = fixedRows(towers.image.rows) ?? imageBlock(options.batch, layout.input.width, layout.input.height);
  let current: { key: string; texts: Blocks<string, Float32Array>; images: Blocks<ImageRef, Float32Array> } | undefined;
  const blocksOf = (corpus: Corpus) => {
    if (current?.key !== corpus.key) {
      current = {
        key: corpus.key,
        texts: new Blocks({
          items: corpus.texts,
          keyOf: (text) => text,
          size: textBatch,
          maxBytes: CACHE_BYTES,
          encode: encodeTexts,
        }),
        images: new Blocks({
          items: corpus.images,
          keyOf: imageKey,
          size: imageBatch,
          maxBytes: CACHE_BYTES,
          encode: async (refs) => encodeImages(await Promise.all(refs.map(decodeImage))),
        }),
      };
    }
    return current;
  };

  return {
    protocol: 'cosine',
    tokenLength: tokenizer.length,
    get rowsScored() {
      return rowsScored;
    },
    async score(corpus, texts, images, signal) {
      const blocks = blocksOf(corpus);
      const seen: Float32Array[] = [];
      for (const image of images) {
        signal?.throwIfAborted();
        seen.push(await blocks.images.get(image));
      }
      const scores: number[][] = [];
      for (const text of texts) {
        signal?.throwIfAborted();
        const embedding = await blocks.texts.get(text);
        scores.push(seen.map((image) => cosine(towers.image.model, embedding, image)));
      }
      return { scores };
    },
    async probe() {
      const [text] = await encodeTexts(['']);
      const [image] = await encodeImages([flatImage(Math.max(layout.input.width, layout.input.height), 128)]);
      cosine(towers.image.model, text!, image!);
      rowsScored = 0;
    },
    async close() {
      for (const model of towers.models) await model.close();
    },
  };
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
