import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import type { MatchingHeadLayout } from '../checkpoint/matching-head-layout.ts';
import { checkShape, fixedRows, graphFault, pickOutput } from '../checkpoint/ports.ts';
import { decodeImage, flatImage } from '../image/decode.ts';
import { preprocess } from '../image/preprocess.ts';
import { checkTextPorts, encodeRows, matchBoth, requireFinite, stack, textFeeds } from '../runtime/encoders.ts';
import { type Feed, type Model, type OpenModel, openAll, type Port, type SessionOptions } from '../runtime/session.ts';
import type { TextRole } from '../text/text-roles.ts';
import { fitAtOnce, provenWindow, type TextWindow, type WindowOf } from '../text/text-window.ts';
import type { Tokens } from '../text/tokenizer.ts';
import { Blocks, imageBlock } from './blocks.ts';
import type { Corpus, ImageTextScorer, PairScores } from './scorer.ts';

/** Bytes of preprocessed images that are kept for their next pairs. */
const CACHE_BYTES = 128 * 2 ** 20;
const TEXT_BYTES = 32 * 2 ** 20;

export interface MatchingHead extends ImageTextScorer {
  readonly tokenLength: number;
}

interface Pair {
  readonly text: Tokens;
  readonly pixels: Float32Array;
}

interface Head {
  readonly model: Model;
  /** The input that counts the rows. */
  readonly pixels: Port;
  readonly windowOf: WindowOf;
  readonly feeds: (pairs: readonly Pair[], window: TextWindow, rows: number) => Record<string, Feed>;
}

/**
 * Opens a matching head: s = the logit of "match" minus that of "no match" (GDBENCH.md 1.3). Every pair is a row of its own. The
 * pairs of one `score` fill batches image by image, so that a score depends on nothing but that call's texts and images.
 */
export async function openMatchingHead(
  layout: MatchingHeadLayout,
  options: SessionOptions & { batch: number },
): Promise<MatchingHead> {
  for (const note of layout.notes) options.warn(note);
  const head = await openAll(options, (open) => openHead(layout, open));
  const { width, height } = layout.input;
  return new PairScorer(layout, head, fixedRows(head.pixels) ?? imageBlock(options.batch, width, height));
}

class PairScorer implements MatchingHead {
  readonly protocol = 'matching';
  readonly #layout: MatchingHeadLayout;
  readonly #head: Head;
  /** Pairs that go through the graph at once. */
  readonly #batch: number;
  readonly #texts = new LRUCache<string, Tokens>({
    maxSize: TEXT_BYTES,
    sizeCalculation: ({ ids, mask }) => ids.byteLength + mask.byteLength,
  });
  #present: { readonly key: string; readonly images: Blocks<ImageRef, Float32Array> } | undefined;
  #rowsScored = 0;

  constructor(layout: MatchingHeadLayout, head: Head, batch: number) {
    this.#layout = layout;
    this.#head = head;
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
    // An image's pairs follow each other, so that it is read once however little the cache holds.
    const places = images.flatMap((image) => texts.map((text) => ({ text, image })));
    const blocks = this.#imagesOf(corpus);
    const prepare = async (at: number): Promise<Pair[]> => {
      const part = places.slice(at, at + this.#batch);
      const pixels = await blocks.getAll(part.map(({ image }) => image));
      return part.map(({ text }, i) => ({ text: this.#tokensOf(text), pixels: pixels[i]! }));
    };
    const flat: number[] = [];
    let next = prepare(0);
    next.catch(() => {});
    for (let at = 0; at < places.length; at += this.#batch) {
      signal?.throwIfAborted();
      const pairs = await next;
      // The images of the batch to come are read while this one is in the runtime.
      next = prepare(at + this.#batch);
      next.catch(() => {});
      flat.push(...(await this.#match(pairs)).map(([no, yes]) => yes - no));
    }
    return { scores: texts.map((_, text) => images.map((_, image) => flat[image * texts.length + text]!)) };
  }

  async probe(): Promise<void> {
    const data = grayPixels(this.#layout);
    // One pair, so that no square of similarities passes for two logits; more where its logits could be probabilities.
    const judge = (text: string) => this.#match([{ text: this.#tokensOf(text), pixels: data }]);
    let shares = 0;
    for (const text of PROBES) {
      if (!(await judge(text)).every(isShare)) break;
      shares++;
    }
    if (shares === PROBES.length) throw probabilities(this.#head.model, this.#layout.output);
    this.#rowsScored = 0;
  }

  close(): Promise<void> {
    return this.#head.model.close();
  }

  /** What is read depends on the image alone, so that blocks need not be aligned. */
  #imagesOf({ key, images: items }: Corpus): Blocks<ImageRef, Float32Array> {
    if (this.#present?.key === key) return this.#present.images;
    const { preprocess: steps } = this.#layout;
    const images = new Blocks({
      items,
      keyOf: imageKey,
      size: this.#batch,
      maxBytes: CACHE_BYTES,
      aligned: false,
      encode: (refs) => Promise.all(refs.map(async (ref) => preprocess(await decodeImage(ref), steps).data)),
    });
    this.#present = { key, images };
    return images;
  }

  #tokensOf(text: string): Tokens {
    const kept = this.#texts.get(text);
    if (kept) return kept;
    const tokens = this.#layout.tokenizer.encode(text);
    this.#texts.set(text, tokens);
    return tokens;
  }

  async #match(pairs: readonly Pair[]): Promise<(readonly [no: number, yes: number])[]> {
    const { model, pixels, windowOf, feeds } = this.#head;
    const { output } = this.#layout;
    const words = (part: readonly Pair[]) => part.map(({ text }) => text);
    const { rows, dims } = await encodeRows(
      model,
      pixels,
      pairs,
      output,
      (part, fed) => feeds(part, windowOf(words(part)), fed),
      (part) => fitAtOnce(windowOf)(words(part)),
    );
    if (dims.length !== 1 || dims[0] !== 2) {
      const found = `gives \`${output}\` as [${['batch', ...dims].join(', ')}]`;
      const expected = 'the two logits [batch, 2] of "no match" and "match"';
      throw new CheckpointFault([graphFault(model, found, expected, 'export the head as it is')]);
    }
    this.#rowsScored += pairs.length;
    for (const row of rows) requireFinite(model, row);
    return rows.map(([no, yes]) => [no!, yes!] as const);
  }
}

/** A gray image as the graph is fed it. */
function grayPixels({ input: { width, height }, preprocess: steps }: MatchingHeadLayout): Float32Array {
  return preprocess(flatImage(Math.max(width, height), 128), steps).data;
}

const PROBES = ['', 'a', 'a man with a dog on the beach'];
/** Of the sum of two probabilities in half precision. */
const ROUNDING = 1e-3;

function isShare([no, yes]: readonly [number, number]): boolean {
  return no >= 0 && yes >= 0 && Math.abs(no + yes - 1) <= ROUNDING;
}

function probabilities({ file }: Model, output: string): CheckpointFault {
  return new CheckpointFault({
    file,
    found: `gives \`${output}\` as probabilities, which add up to 1 and saturate`,
    expected: 'a pair of logits',
    remedy: 'export the head without its softmax',
    gravity: 'kind',
  });
}

async function openHead(layout: MatchingHeadLayout, open: OpenModel): Promise<Head> {
  const { folder, tokenizer, output } = layout;
  const { width, height } = layout.input;
  const model = await open(pathOf(folder, layout.model), layout.model);
  const { text: textPorts, pixels } = matchBoth(model);
  checkTextPorts(model, textPorts, tokenizer);
  checkShape(model, pixels, [null, 3, height, width], 'its image processor');
  pickOutput(model, [output]);
  const counts = fixedPort(model, pixels, textPorts);
  const feeds: Head['feeds'] = (pairs, window, rows) => ({
    ...textFeeds(
      textPorts,
      window,
      pairs.map(({ text }) => text),
      rows,
    ),
    [pixels.name]: {
      data: stack(
        pairs.map((pair) => pair.pixels),
        rows,
      ),
      dims: [rows, 3, height, width],
    },
  });
  const run = async (texts: readonly Tokens[], window: TextWindow) => {
    const pixels = grayPixels(layout);
    const pairs = texts.map((text) => ({ text, pixels }));
    return (await encodeRows(model, counts, pairs, output, (part, rows) => feeds(part, window, rows))).rows;
  };
  return { model, pixels: counts, windowOf: await provenWindow(textPorts, tokenizer, run, 'pairs'), feeds };
}

/** The input that says how many pairs are fed at once: one that fixes a number, or else the pixels. */
function fixedPort(model: Model, pixels: Port, textPorts: ReadonlyMap<TextRole, Port>): Port {
  let counts = pixels;
  for (const port of textPorts.values()) {
    const [rows, before] = [fixedRows(port), fixedRows(counts)];
    if (rows === null || rows === before) continue;
    if (before !== null) {
      const found = `takes ${before} rows of \`${counts.name}\` with ${rows} of \`${port.name}\``;
      throw new CheckpointFault([graphFault(model, found, 'one batch for both', 'export it so')]);
    }
    counts = port;
  }
  return counts;
}
