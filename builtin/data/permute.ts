import type { Random } from './random.ts';
import { COLORS, MATERIALS, SHAPES, SIZES } from './scene.ts';

const CONTENT: ReadonlySet<string> = new Set(
  [...COLORS, ...MATERIALS, ...SIZES, ...SHAPES, 'object'].flatMap((word) => [word, `${word}s`]),
);

/** A way to put the words of a caption in another order; it may come out as it was. */
export type Permutation = (random: Random, words: readonly string[]) => string[];

/** ARO's four kinds of permutations, in its order. Trigrams are cut from the first word on; the last may be shorter. */
export const PERMUTATIONS = {
  nounsAndAdjectives: (random, words) => shuffleWhere(random, words, (word) => CONTENT.has(word)),
  allButNounsAndAdjectives: (random, words) => shuffleWhere(random, words, (word) => !CONTENT.has(word)),
  trigrams: (random, words) => random.shuffle(trigramsOf(words)).flat(),
  withinTrigrams: (random, words) => trigramsOf(words).flatMap((trigram) => random.shuffle(trigram)),
} as const satisfies Record<string, Permutation>;

/** Shuffles the words that are meant among their places; the others stay where they are. */
function shuffleWhere(random: Random, words: readonly string[], meant: (word: string) => boolean): string[] {
  const shuffled = random.shuffle(words.filter(meant));
  let next = 0;
  return words.map((word) => (meant(word) ? shuffled[next++]! : word));
}

function trigramsOf(words: readonly string[]): string[][] {
  const trigrams: string[][] = [];
  for (let at = 0; at < words.length; at += 3) trigrams.push(words.slice(at, at + 3));
  return trigrams;
}
