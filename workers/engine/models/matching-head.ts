import { type ImageRef, imageKey } from '@gdbench/benchmark/task';
import { LRUCache } from 'lru-cache';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { pathOf } from '../checkpoint/folder.ts';
import { MATCH_OUTPUT, type MatchingHeadLayout } from '../checkpoint/matching-head-layout.ts';
import { Blocks, imageBlock } from './blocks.ts';
import { decodeImage, flatImage } from './decode.ts';
import {
  checkTextPorts,
  encodeRows,
  IMAGE_ROLES,
  requireFinite,
  stack,
  TEXT_ROLES,
  type TextRole,
  textFeeds,
} from './encoders.ts';
import { checkShape, fixedRows, matchInputs, pickOutput } from './ports.ts';
import { preprocess } from './preprocess.ts';
import type { Corpus, ImageTextScorer } from './scorer.ts';
import { type Model, type OpenModel, openAll, type Port, type SessionOptions } from './session.ts';
import { openTokenizer, type TextTokenizer, type Tokens } from './tokenizer.ts';

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
  readonly pixels: Port;
  readonly textPorts: ReadonlyMap<TextRole, Port>;
}

/**
 * Opens a matching head: s = the logit of "match" minus that of "no match" (GDBENCH.md 1.3). Every pair is a row of its own. The
 * pairs of one `score` fill batches image by image, so that a score depends on nothing but that call's texts and images.
 */
export async function openMatchingHead(
  layout: MatchingHeadLayout,
  options: SessionOptions & { batch: number },
): Promise<MatchingHead> {
  const tokenizer = await openTokenizer(layout.folder, '', layout.text);
  const { model, pixels, textPorts } = await openAll(options, (open) => openHead(layout, tokenizer, open));
  const { width, height } = layout.input;
  const batch = fixedRows(pixels) ?? imageBlock(options.batch, width, height);
  let present: { readonly key: string; readonly images: Blocks<ImageRef, Float32Array> } | undefined;
  /** What is read depends on the image alone, so that blocks need not be aligned. */
  const imagesOf = ({ key, images: items }: Corpus) => {
    present =
      present?.key === key
        ? present
        : {
            key,
            images: new Blocks({
              items,
              keyOf: imageKey,
              size: batch,
              maxBytes: CACHE_BYTES,
              aligned: false,
              encode: (refs) =>
                Promise.all(refs.map(async (ref) => preprocess(await decodeImage(ref), layout.preprocess).data)),
            }),
          };
    return present.images;
  };
  const texts = new LRUCache<string, Tokens>({
    maxSize: TEXT_BYTES,
    sizeCalculation: ({ ids, mask }) => ids.byteLength + mask.byteLength,
  });
  let rowsScored = 0;

  const tokensOf = (text: string): Tokens => {
    const kept = texts.get(text);
    if (kept) return kept;
    const tokens = tokenizer.encode(text);
    texts.set(text, tokens);
    return tokens;
  };
  const match = async (pairs: readonly Pair[]): Promise<number[]> => {
    const { rows, dims } = await encodeRows(model, pixels, pairs, MATCH_OUTPUT, (part, fed) => ({
      ...textFeeds(
        textPorts,
        tokenizer.length,
        part.map(({ text }) => text),
        fed,
      ),
      [pixels.name]: {
        data: stack(
          part.map((pair) => pair.pixels),
          fed,
        ),
        dims: [fed, 3, height, width],
      },
    }));
    if (dims.length !== 1 || dims[0] !== 2) {
      throw new CheckpointFault(
        model.file,
        `${model.file} gives \`${MATCH_OUTPUT}\` as [${['batch', ...dims].join(', ')}], not the two logits [batch, 2] of "no match" and "match"; export the head as it is.`,
      );
    }
    rowsScored += pairs.length;
    return rows.map((row) => {
      requireFinite(model, row);
      return row[1]! - row[0]!;
    });
  };

  return {
    protocol: 'matching',
    tokenLength: tokenizer.length,
    get rowsScored() {
      return rowsScored;
    },
    async score(corpus, words, shown, signal) {
      const images = imagesOf(corpus);
      // An image's pairs follow each other, so that it is read once however little the cache holds.
      const places = shown.flatMap((image) => words.map((text) => ({ text, image })));
      const prepare = async (at: number): Promise<Pair[]> => {
        const part = places.slice(at, at + batch);
        const pixels = await images.getAll(part.map(({ image }) => image));
        return part.map(({ text }, i) => ({ text: tokensOf(text), pixels: pixels[i]! }));
      };
      const flat: number[] = [];
      let next = prepare(0);
      next.catch(() => {});
      for (let at = 0; at < places.length; at += batch) {
        signal?.throwIfAborted();
        const pairs = await next;
        // The images of the batch to come are read while this one is in the runtime.
        next = prepare(at + batch);
        next.catch(() => {});
        flat.push(...(await match(pairs)));
      }
      return { scores: words.map((_, text) => shown.map((_, image) => flat[image * words.length + text]!)) };
    },
    async probe() {
      const { data } = preprocess(flatImage(Math.max(width, height), 128), layout.preprocess);
      await match([{ text: tokensOf(''), pixels: data }]);
      rowsScored = 0;
    },
    close: () => model.close(),
  };
}

async function openHead(layout: MatchingHeadLayout, tokenizer: TextTokenizer, open: OpenModel): Promise<Head> {
  const model = await open(pathOf(layout.folder, layout.model), layout.model);
  const ports = matchInputs<TextRole | 'pixel_values'>(model, { ...TEXT_ROLES, ...IMAGE_ROLES });
  const pixels = ports.get('pixel_values')!;
  const textPorts = new Map([...ports].filter((entry): entry is [TextRole, Port] => entry[0] !== 'pixel_values'));
  checkTextPorts(model, textPorts, tokenizer);
  checkShape(model, pixels, [null, 3, layout.input.height, layout.input.width], 'preprocessor_config.json');
  pickOutput(model, [MATCH_OUTPUT]);
  return { model, pixels: fixedPort(model, pixels, textPorts), textPorts };
}

/** The input that says how many pairs are fed at once: one that fixes a number, or else the pixels. */
function fixedPort(model: Model, pixels: Port, textPorts: ReadonlyMap<TextRole, Port>): Port {
  let counts = pixels;
  for (const port of textPorts.values()) {
    const [rows, before] = [fixedRows(port), fixedRows(counts)];
    if (rows === null || rows === before) continue;
    if (before !== null) {
      throw new CheckpointFault(
        model.file,
        `${model.file} takes ${before} rows of \`${counts.name}\` with ${rows} of \`${port.name}\`; export it with one batch for both.`,
      );
    }
    counts = port;
  }
  return counts;
}
