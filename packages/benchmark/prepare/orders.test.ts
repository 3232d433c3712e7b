import fc from 'fast-check';
import { expect, test } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { drawOrders, plainCaption, type TaggedWord } from './orders.ts';
import { openTagger } from './tagger.ts';

const NOUNS = ['dog', 'cat', 'ball', 'tree'];
const ADJECTIVES = ['red', 'big', 'old'];
const OTHERS = ['runs', 'with', 'the', 'over', 'and'];
const kindOf = (text: string): TaggedWord['kind'] =>
  NOUNS.includes(text) ? 'noun' : ADJECTIVES.includes(text) ? 'adjective' : 'other';
/** Words of known kinds, parted by blanks. */
const tag = (caption: string) => caption.split(' ').map((text) => ({ text, kind: kindOf(text) }));

const caption = fc
  .array(fc.constantFrom(...NOUNS, ...ADJECTIVES, ...OTHERS), { minLength: 1, maxLength: 30 })
  .map((words) => words.join(' '));

test('each order has the words of the caption, and moves those alone that its rule moves', () => {
  fc.assert(
    fc.property(caption, fc.string(), (text, image) => {
      const [first, ...orders] = drawOrders(image, text, tag);
      const words = text.split(' ');
      expect(first).toBe(text);
      expect(orders).toHaveLength(4);
      const split = orders.map((order) => order.split(' '));
      for (const order of each(split)) expect([...order].sort()).toEqual([...words].sort());
      const [nounsAndAdjectives, others, within, threes] = split as [string[], string[], string[], string[]];
      expect(nounsAndAdjectives.map(kindOf)).toEqual(words.map(kindOf));
      expect(nounsAndAdjectives.filter((word) => kindOf(word) === 'other')).toEqual(
        words.filter((word) => kindOf(word) === 'other'),
      );
      for (const [i, word] of each(words).entries()) if (kindOf(word) !== 'other') expect(others[i]).toBe(word);
      for (let at = 0; at < words.length; at += 3)
        expect(within.slice(at, at + 3).sort()).toEqual(words.slice(at, at + 3).sort());
      expect(partings(threes, words.length % 3)).toContainEqual(cut(words).sort());
    }),
  );
});

/** Threes of words, each joined; the last may be shorter. */
const cut = (words: readonly string[]) =>
  Array.from({ length: Math.ceil(words.length / 3) }, (_, i) => words.slice(3 * i, 3 * i + 3).join(' '));

/** The words in threes, sorted, for every place at which the one with the `rest` may stand. */
function partings(words: readonly string[], rest: number): string[][] {
  if (rest === 0) return [cut(words).sort()];
  const places = Array.from({ length: Math.ceil(words.length / 3) }, (_, i) => 3 * i);
  return places.map((at) =>
    [...cut(words.slice(0, at)), ...cut(words.slice(at, at + rest)), ...cut(words.slice(at + rest))].sort(),
  );
}

test('the orders of a caption hang on it and on its image alone, and each rule draws for itself', () => {
  const text = 'the red dog runs with the big cat over the old ball and the tree';
  const first = drawOrders('1.jpg', text, tag);
  drawOrders('2.jpg', 'another', tag);
  expect(drawOrders('1.jpg', text, tag)).toEqual(first);
  expect(new Set(first).size).toBe(5);
  expect(drawOrders('2.jpg', text, tag)).not.toEqual(first);
});

test('every order of three words but their own is drawn about as often', () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    const within = drawOrders(`${i}.jpg`, 'dog runs red', tag)[3]!;
    counts.set(within, (counts.get(within) ?? 0) + 1);
  }
  expect(counts.size).toBe(5);
  expect(counts.has('dog runs red')).toBe(false);
  // 2000 draws of 1 in 5: standard deviation 18
  for (const count of each(counts.values())) expect(Math.abs(count - 400)).toBeLessThan(90);
});

test('an order is the caption itself only where its rule has no other', () => {
  fc.assert(
    fc.property(caption, (text) => {
      const [, nounsAndAdjectives, others, within, threes] = drawOrders('1.jpg', text, tag);
      const words = text.split(' ');
      const differ = (list: readonly string[]) => new Set(list).size > 1;
      const of = (kind: string) => words.filter((word) => kindOf(word) === kind);
      expect(nounsAndAdjectives !== text).toBe(differ(of('noun')) || differ(of('adjective')));
      expect(others !== text).toBe(differ(of('other')));
      expect(within !== text).toBe(words.some((_, i) => i % 3 === 0 && differ(words.slice(i, i + 3))));
      if (threes === text) expect(permutationsOf(cut(words)).every((order) => order.join(' ') === text)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

/** All orders of a few items, of many only their turns: enough to find another where there is one. */
function permutationsOf(items: readonly string[]): string[][] {
  return items.flatMap((_, i) =>
    items.map((_item, j) => items.map((item, at) => (at === i ? items[j]! : at === j ? items[i]! : item))),
  );
}

test.each([
  ['A man, "old" & (tall)!', 'a man, old & tall'],
  ['Two   dogs; one: cat.\n', 'two dogs one cat'],
  [Array(40).fill('w').join(' '), Array(30).fill('w').join(' ')],
  ['...', ''],
])('%j is handed to a model as ARO does: %j', (text, plain) => {
  expect(plainCaption(text)).toBe(plain);
});

test('the tagger cuts a caption into words, and tells nouns and adjectives from others', () => {
  const words = openTagger()("Two small dogs don't run through the tall green grass.");
  expect(words.map(({ text }) => text)).toEqual([
    'Two',
    'small',
    'dogs',
    'do',
    "n't",
    'run',
    'through',
    'the',
    'tall',
    'green',
    'grass',
    '.',
  ]);
  const of = (kind: string) => words.filter((word) => word.kind === kind).map(({ text }) => text);
  expect([of('noun'), of('adjective')]).toEqual([
    ['dogs', 'grass'],
    ['small', 'tall', 'green'],
  ]);
});
