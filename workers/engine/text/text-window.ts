import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Port } from '../runtime/session.ts';
import type { TextRole } from './text-roles.ts';
import type { TextTokenizer, Tokens } from './tokenizer.ts';

/** The columns of padded texts that a graph is fed. */
export interface TextWindow {
  readonly from: number;
  readonly to: number;
}

/** The window of texts that are fed together. */
export type WindowOf = (texts: readonly Tokens[]) => TextWindow;

/** All columns, whatever the texts. */
export const wholeWindow =
  (length: number): WindowOf =>
  () => ({ from: 0, to: length });

/** Texts of fewer tokens are always fed with all their padding: they have little of it. */
const SHORT = 128;
/** Windows are so many columns or a multiple, so that their rows end where a processor's vectors do. */
const STEP = 16;
/** Columns of the widest trial: more would take as long and as much memory as is to be saved. */
const WIDEST_TRIAL = 1024;
const TRIALS = [
  'a',
  'a small red cube',
  `a photo of ${'a large blue sphere left of a green cylinder and '.repeat(4)}a man with a dog on the beach`,
];
/** Widths, in steps, at which the same two texts are tried besides: where a run is cheap, and where each takes images along. */
const TRIED = { texts: [2, 3, 5, 8], pairs: [5] };

/**
 * Finds out whether padding can be left out: where the graph takes a mask and any length, where it says nothing of padding to its
 * texts' values. The same texts are fed at several widths and beside others; only where all of their values are the same to the bit is the
 * padding left out that no text of a batch needs. It is not tried where it could save little.
 *
 * @param run feeds texts in a window and gives the values of each; it may throw a CheckpointFault.
 * @param what goes through the graph: texts alone, or pairs of a text and an image.
 */
export async function provenWindow(
  ports: ReadonlyMap<TextRole, Port>,
  tokenizer: TextTokenizer,
  run: (texts: readonly Tokens[], window: TextWindow) => Promise<readonly Float32Array[]>,
  what: keyof typeof TRIED = 'texts',
): Promise<WindowOf> {
  const { length } = tokenizer;
  const whole = wholeWindow(length);
  const open = [...ports.values()].every(({ shape }) => typeof shape[1] !== 'number');
  if (length <= SHORT || !open || !ports.has('attention_mask')) return whole;
  const [short, middle, long] = TRIALS.map((text) => tokenizer.encode(text)) as [Tokens, Tokens, Tokens];
  const windowOf: WindowOf = (texts) => usedWindow(texts, length);
  const narrow = windowOf([short, middle]);
  if (width(narrow) === length || width(windowOf([long])) === length) return whole;
  try {
    const [first, second] = (await run([short, middle], narrow)) as [Float32Array, Float32Array];
    for (const columns of [...TRIED[what].map((steps) => steps * STEP), Math.min(length, WIDEST_TRIAL)]) {
      const [again, too] = await run([short, middle], widened(narrow, columns, length));
      if (!sameBits(first, again) || !sameBits(second, too)) return whole;
    }
    const [beside, other] = [await run([short, long], windowOf([long])), await run([long, middle], windowOf([long]))];
    const alike = sameBits(first, beside[0]) && sameBits(second, other[1]) && sameBits(beside[1]!, other[0]);
    return alike ? windowOf : whole;
  } catch (error) {
    // A graph that fails at another width has one of its own, whatever its inputs say.
    if (error instanceof CheckpointFault) return whole;
    throw error;
  }
}

export const width = ({ from, to }: TextWindow): number => to - from;

/** The columns in which one of the texts has a token, a whole number of steps. Padding stands on one side of all texts. */
function usedWindow(texts: readonly Tokens[], length: number): TextWindow {
  const from = Math.min(...texts.map(({ mask }) => mask.indexOf(1)));
  const to = Math.max(...texts.map(({ mask }) => mask.lastIndexOf(1) + 1));
  if (from <= 0) return widened({ from: 0, to }, Math.ceil(to / STEP) * STEP, length);
  return to < length ? { from: 0, to: length } : widened({ from, to }, Math.ceil((to - from) / STEP) * STEP, length);
}

/** A window with more columns on the side of the padding. */
function widened({ from, to }: TextWindow, columns: number, length: number): TextWindow {
  return from === 0
    ? { from, to: Math.min(length, Math.max(to, columns)) }
    : { from: Math.max(0, Math.min(from, to - columns)), to };
}

function sameBits(a: Float32Array, b: Float32Array | undefined): boolean {
  if (b?.length !== a.length) return false;
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** Pairs of tokens of one text that may look at each other in one run, so that long texts do not multiply its memory by the batch. */
const PAIRS_AT_ONCE = 32 * 256 ** 2;

/** Whether texts can be fed at once; one always can. */
export const fitAtOnce =
  (windowOf: WindowOf) =>
  (texts: readonly Tokens[]): boolean =>
    texts.length * width(windowOf(texts)) ** 2 <= PAIRS_AT_ONCE;
