import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import type { DualEncoderLayout } from '../checkpoint/dual-encoder-layout.ts';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { Blocks, imageBlock } from './blocks.ts';
import { decodeImage, flatImage } from './decode.ts';
import {
  checkTextPorts,
  encodeRows,
  IMAGE_ROLES,
  matchBoth,
  requireFinite,
  stack,
  TEXT_ROLES,
  type TextRole,
  textFeeds,
} from './encoders.ts';
import { checkShape, fixedRows, matchInputs, pickOutput } from './ports.ts';
import { preprocess } from './preprocess.ts';
import type { RgbImage } from './resize.ts';
import type { Corpus, ImageTextScorer } from './scorer.ts';
import { type Feed, type Model, type OpenModel, openAll, type Port, type SessionOptions } from './session.ts';

/** Bytes of embeddings kept of each kind. */
const CACHE_BYTES = 64 * 2 ** 20;

/** One tower: the graph it runs in, the input that counts its rows, its output, and what else the graph must be fed. */
interface Tower {
  readonly model: Model;
  readonly rows: Port;
  readonly output: string;
  /** Feeds of the other tower, where both share a graph. */
  readonly others: (rows: number) => Record<string, Feed>;
}

interface Towers {
  readonly text: Tower;
  readonly image: Tower;
  readonly textPorts: ReadonlyMap<TextRole, Port>;
  readonly models: readonly Model[];
}

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
    const encoded = await encodeRows(model, rows, texts.map(tokenizer.encode), output, (part, fed) => ({
      ...textFeeds(towers.textPorts, tokenizer.length, part, fed),
      ...others(fed),
    }));
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
    throw new CheckpointFault(
      model.file,
      `${model.file} gives \`${output}\` with ${encoded.dims.length + 1} dimensions, not [batch, width]; export the pooled embedding.`,
    );
  }
  for (const row of encoded.rows) requireFinite(model, row);
  return encoded.rows;
}

function cosine(model: Model, a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new CheckpointFault(
      model.file,
      `${model.file} embeds images in ${b.length} numbers and texts in ${a.length}; export the projected embeddings of one model.`,
    );
  }
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  const score = dot / Math.sqrt(aa * bb);
  if (Number.isFinite(score)) return score;
  throw new CheckpointFault(
    model.file,
    `${model.file} gives an embedding of zeros, which has no direction; check its weights.`,
  );
}

async function openTowers(layout: DualEncoderLayout, openModel: OpenModel): Promise<Towers> {
  const { folder, models, outputs, tokenizer, input } = layout;
  const open = (file: string) => openModel(pathOf(folder, file), file);
  if ('joint' in models) return joinedTowers(await open(models.joint), layout);
  const text = await open(models.text);
  const image = await open(models.image);
  const textPorts = matchInputs<TextRole>(text, TEXT_ROLES);
  const pixels = matchInputs(image, IMAGE_ROLES).get('pixel_values')!;
  checkTextPorts(text, textPorts, tokenizer);
  checkShape(image, pixels, [null, 3, input.height, input.width], 'its image processor');
  const none = () => ({});
  return {
    text: {
      model: text,
      rows: textPorts.get('input_ids')!,
      output: pickOutput(text, [outputs.text]).name,
      others: none,
    },
    image: { model: image, rows: pixels, output: pickOutput(image, [outputs.image]).name, others: none },
    textPorts,
    models: [text, image],
  };
}

/**
 * Both towers in one graph: while one works, the other is fed a single blank row, or as many as the graph insists on. A graph that
 * calls both batches by one symbol insists on as many as the first has, so every batch of texts pays for as many images, and the
 * reverse: the scores are the same, the time is not. Texts and images are asked for apart, by caches of their own, so real ones
 * are not fed together; exported with two symbols (as Optimum does) the graph costs nothing more.
 */
function joinedTowers(model: Model, layout: DualEncoderLayout): Towers {
  const { tokenizer, outputs } = layout;
  const { text: textPorts, pixels } = matchBoth(model);
  const ids = textPorts.get('input_ids')!;
  const { width, height } = layout.input;
  checkTextPorts(model, textPorts, tokenizer);
  checkShape(model, pixels, [null, 3, height, width], 'its image processor');
  const together = typeof ids.shape[0] === 'string' && ids.shape[0] !== '' && ids.shape[0] === pixels.shape[0];
  const blanks = (own: Port, rows: number) => fixedRows(own) ?? (together ? rows : 1);
  const blankText = tokenizer.encode('');
  return {
    text: {
      model,
      rows: ids,
      output: pickOutput(model, [outputs.text]).name,
      others: (rows) => {
        const blank = blanks(pixels, rows);
        return {
          [pixels.name]: { data: new Float32Array(blank * 3 * width * height), dims: [blank, 3, height, width] },
        };
      },
    },
    image: {
      model,
      rows: pixels,
      output: pickOutput(model, [outputs.image]).name,
      others: (rows) => textFeeds(textPorts, tokenizer.length, [blankText], blanks(ids, rows)),
    },
    textPorts,
    models: [model],
  };
}
