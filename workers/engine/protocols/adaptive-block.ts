import type { Row, UNet } from '../diffusion/unet.ts';
import { race } from './adaptive.ts';
import { RACE_RULE, type RaceRule } from './adaptive-bound.ts';
import type { RaceErrors } from './race.ts';

/** An example that can be raced (canRace): its texts, and its images with their latents. Each once. */
export interface RacedExample {
  readonly texts: readonly Row['text'][];
  readonly images: readonly { readonly key: string; readonly z0: Float32Array }[];
}

/** Errors of the empty text by image, [k], NaN where not drawn yet. What is kept between calls is not drawn again. */
export interface EmptyErrors {
  get(key: string): Float32Array | undefined;
  set(key: string, errors: Float32Array): unknown;
}

export interface RaceBlockOptions {
  /** Of the empty text. */
  readonly empty: Row['text'];
  /** Default: of this call alone, so that its rows are a function of its examples. */
  readonly emptyErrors?: EmptyErrors;
  readonly rule?: RaceRule;
  readonly signal?: AbortSignal | undefined;
}

/** Rows of the empty text that some block has asked for and that are not there yet, by where their errors go and k. */
const asked = new WeakMap<Float32Array, Map<number, Promise<void>>>();

/** Runs rows; who wants one of them meanwhile finds it in `asked`. */
async function draw(unet: Pick<UNet, 'errors'>, rows: readonly Row[], empty: Row['text'], signal?: AbortSignal) {
  const drawn = unet.errors(rows, signal);
  drawn.catch(() => {});
  const shared = rows.filter(({ text }) => text === empty);
  for (const { into, k } of shared) {
    const samples = asked.get(into) ?? new Map<number, Promise<void>>();
    asked.set(into, samples.set(k, drawn));
  }
  try {
    await drawn;
  } finally {
    for (const { into, k } of shared) asked.get(into)?.delete(k);
  }
}

/**
 * Races several examples side by side, so that their rows fill batches: all races that still run have the same samples drawn
 * in a round, and rows are ordered by sample.
 *
 * @returns scores [example][text][image], see race.
 */
export async function raceBlock(
  unet: Pick<UNet, 'count' | 'errors'>,
  examples: readonly RacedExample[],
  { empty, emptyErrors = new Map(), rule = RACE_RULE, signal }: RaceBlockOptions,
): Promise<number[][][]> {
  const blank = () => new Float32Array(unet.count).fill(Number.NaN);
  const baselines = new Map<string, Float32Array>();
  const baselineOf = (key: string): Float32Array => {
    const known = baselines.get(key) ?? emptyErrors.get(key) ?? blank();
    baselines.set(key, known);
    emptyErrors.set(key, known);
    return known;
  };
  const scores: number[][][] = examples.map(() => []);
  let running = examples.map((example, place) => {
    const errors: RaceErrors = {
      cond: example.texts.map(() => example.images.map(blank)),
      uncond: example.images.map(({ key }) => baselineOf(key)),
    };
    return { example, place, errors, contest: race(errors, unet.count, rule) };
  });
  while (running.length > 0) {
    const rows: Row[] = [];
    /** Rows that another block draws at this moment. */
    const others = new Set<Promise<void>>();
    const wanted = new Map<Float32Array, Set<number>>();
    const want = (row: Row) => {
      if (!Number.isNaN(row.into[row.k]!)) return;
      const samples = wanted.get(row.into) ?? new Set();
      wanted.set(row.into, samples);
      // Two examples may show one image.
      if (samples.has(row.k)) return;
      samples.add(row.k);
      const other = asked.get(row.into)?.get(row.k);
      if (other) others.add(other);
      else rows.push(row);
    };
    running = running.filter(({ example, place, errors, contest }) => {
      const turn = contest.next();
      if (turn.done) {
        scores[place] = turn.value;
        return false;
      }
      for (const { text, image } of turn.value.cells) {
        const { z0 } = example.images[image]!;
        const into = text === undefined ? errors.uncond[image]! : errors.cond[text]![image]!;
        for (const k of turn.value.samples) {
          want({ z0, text: text === undefined ? empty : example.texts[text]!, k, into });
        }
      }
      return true;
    });
    rows.sort((a, b) => a.k - b.k);
    await Promise.all([rows.length > 0 ? draw(unet, rows, empty, signal) : undefined, ...others]);
  }
  return scores;
}

/** The fewest rows a sample that a block of examples begins with: some of them go on alone, and are still to fill a batch. */
const BATCHES = 4;

/**
 * Where blocks of examples that race side by side start; the last one ends with the examples.
 *
 * @param pairs of each example.
 * @param batch rows of a full batch.
 */
export function raceBlocks(pairs: readonly number[], batch: number): number[] {
  const starts: number[] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const [at, more] of pairs.entries()) {
    if (rows >= BATCHES * batch) {
      starts.push(at);
      rows = 0;
    }
    rows += more;
  }
  return starts;
}
