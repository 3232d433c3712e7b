import { createHash } from 'node:crypto';
import { type RandomIndex, seededIndex } from '../metrics/random.ts';

/** What draws the orders; another version may draw others, which are then another edition. */
export const ORDER_PROGRAM = {
  rules: 'ARO: nouns and adjectives; all but these; within trigrams; trigrams; what comes out as it was is drawn again',
  seed: 0,
  tagger: 'wink-nlp 2.4.0, wink-eng-lite-web-model 1.8.1',
} as const;

/** A word of a caption as the tagger cuts it, and whether it is a noun or an adjective (or neither). */
export interface TaggedWord {
  readonly text: string;
  readonly kind: 'noun' | 'adjective' | 'other';
}

/** Cuts a caption into words and tells their kinds. */
export type Tagger = (caption: string) => TaggedWord[];

/** Words that are left of a caption, as ARO cuts it. */
const MOST_WORDS = 30;

/** A caption as ARO hands it to a model: in lower case, without stops, cut to thirty words. */
export function plainCaption(caption: string): string {
  const words = caption
    .toLowerCase()
    .replace(/[.!"()*#:;~]/g, ' ')
    .replace(/\s{2,}/g, ' ')
    .replace(/\n+$/, '')
    .replace(/^ +| +$/g, '')
    .split(' ');
  return words.slice(0, MOST_WORDS).join(' ');
}

/**
 * The true caption and four orders of its words, by the rules of ARO (Yuksekgonul et al., ICLR 2023) in its order: nouns and
 * adjectives change places, each among themselves; all other words do; the words within each three do; the threes do. ARO lets an
 * order come out as the caption was, which its scoring takes for right; here, where equal texts tie, it is drawn again, unless the
 * rule has no other. The same caption of the same image gives the same orders on every machine.
 */
export function drawOrders(image: string, caption: string, tag: Tagger): string[] {
  const words = tag(caption);
  const texts = words.map(({ text }) => text);
  const rules: ((random: RandomIndex) => string[])[] = [
    (random) => shuffledAt(shuffledAt(texts, words, ['noun'], random), words, ['adjective'], random),
    (random) => shuffledAt(texts, words, ['other'], random),
    (random) => threes(texts).flatMap((three) => shuffled(three, random)),
    (random) => shuffled(threes(texts), random).flat(),
  ];
  const orders = rules.map((rule, i) => drawOther(texts, rule, randomFor(image, caption, i)));
  return [plainCaption(caption), ...orders];
}

/** Draws after which a rule is taken to have no other order than that of the caption. */
const MOST_DRAWS = 50;

function drawOther(texts: readonly string[], rule: (random: RandomIndex) => string[], random: RandomIndex): string {
  const before = plainCaption(texts.join(' '));
  let order = before;
  for (let draw = 0; draw < MOST_DRAWS && order === before; draw++) order = plainCaption(rule(random).join(' '));
  return order;
}

/** A stream of its own for each rule of each caption, so that no caption's orders hang on another's. */
function randomFor(image: string, caption: string, rule: number): RandomIndex {
  const hash = createHash('sha256')
    .update(JSON.stringify([ORDER_PROGRAM.seed, image, caption, rule]))
    .digest();
  return seededIndex(hash.readInt32LE(0));
}

/** The texts with those whose words are of these kinds shuffled among their places. */
function shuffledAt(
  texts: readonly string[],
  words: readonly TaggedWord[],
  kinds: readonly TaggedWord['kind'][],
  random: RandomIndex,
): string[] {
  const places = words.flatMap(({ kind }, i) => (kinds.includes(kind) ? [i] : []));
  const moved = shuffled(places, random);
  const result = [...texts];
  for (const [i, to] of places.entries()) result[to] = texts[moved[i]!]!;
  return result;
}

function threes(texts: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(texts.length / 3) }, (_, i) => texts.slice(3 * i, 3 * i + 3));
}

/** Fisher and Yates: every order is as likely. */
function shuffled<T>(items: readonly T[], random: RandomIndex): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
