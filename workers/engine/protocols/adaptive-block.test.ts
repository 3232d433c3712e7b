import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../diffusion/unet.ts';
import { type RacedExample, raceBlock, raceBlocks } from './adaptive-block.ts';
import { RACE_RULE } from './adaptive-bound.ts';
import { replay } from './adaptive-replay.ts';

const COUNT = 98;

const textOf = (name: string) => ({ id: name }) as unknown as Row['text'];
const EMPTY = textOf('');

/** A number from -1 to 1 that depends on nothing but the words. */
function hashed(...words: readonly (string | number)[]): number {
  let state = 2166136261;
  for (const letter of words.join('/')) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  state = Math.imul(state ^ (state >>> 15), 2246822507);
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 31 - 1;
}

/** What the pretended model's error is. Some texts fit some images better. */
function errorOf(text: string, image: string, k: number): number {
  const fit = text === '' ? 0 : hashed(text, image) * Math.max(0, hashed(text));
  return Math.fround(30 + hashed(image, k) + fit + hashed(text, image, k));
}

function pretended() {
  const calls: Row[][] = [];
  return {
    calls,
    count: COUNT,
    async errors(rows: readonly Row[]) {
      calls.push([...rows]);
      for (const { text, z0, k, into } of rows) {
        into[k] = errorOf(String((text as unknown as { id: string }).id), `image ${z0[0]}`, k);
      }
    },
  };
}

const word = fc.integer({ min: 0, max: 30 }).map((n) => `text ${n}`);
const picture = fc.integer({ min: 0, max: 7 });
const names = fc.oneof(
  fc.record({ texts: fc.uniqueArray(word, { minLength: 2, maxLength: 6 }), images: fc.tuple(picture) }),
  fc.record({ texts: fc.tuple(word), images: fc.uniqueArray(picture, { minLength: 2, maxLength: 6 }) }),
  fc.record({
    texts: fc.uniqueArray(word, { minLength: 2, maxLength: 2 }),
    images: fc.uniqueArray(picture, { minLength: 2, maxLength: 2 }),
  }),
);
type Names = { texts: string[]; images: number[] };

const exampleOf = ({ texts, images }: Names): RacedExample => ({
  texts: texts.map(textOf),
  images: images.map((n) => ({ key: `image ${n}`, z0: Float32Array.of(n) })),
});
const samples = Array.from({ length: COUNT }, (_, k) => k);
const storedOf = ({ texts, images }: Names) => {
  const row = (text: string, image: number) => Float32Array.from(samples, (k) => errorOf(text, `image ${image}`, k));
  return { cond: texts.map((text) => images.map((n) => row(text, n))), uncond: images.map((n) => row('', n)) };
};

describe('raceBlock', () => {
  it('gives each example what it would get alone, and draws each row once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(names, { minLength: 1, maxLength: 6 }), async (block) => {
        const unet = pretended();
        const scores = await raceBlock(unet, block.map(exampleOf), { empty: EMPTY });
        const alone = block.map((one) => replay(storedOf(one)));
        expect(scores).toEqual(alone.map((one) => one.scores));
        const drawn = unet.calls.flat();
        expect(new Set(drawn.map(({ into, k, z0, text }) => JSON.stringify([keyOf(into), k, z0[0], text]))).size).toBe(
          drawn.length,
        );
        const ofPairs = drawn.filter(({ text }) => text !== EMPTY);
        const marks = (list: readonly Uint8Array[]) => list.reduce((sum, row) => row.reduce((a, b) => a + b, sum), 0);
        expect(ofPairs).toHaveLength(alone.reduce((sum, { cond }) => sum + marks(cond.flat()), 0));
        // Of the empty text: what any of the examples with the image drew.
        const images = new Map<string, Set<number>>();
        for (const [i, { uncond }] of alone.entries()) {
          for (const [at, row] of uncond.entries()) {
            const key = `image ${block[i]!.images[at]}`;
            const known = images.get(key) ?? new Set();
            images.set(key, known);
            for (const [k, mark] of row.entries()) if (mark) known.add(k);
          }
        }
        expect(drawn.length - ofPairs.length).toBe([...images.values()].reduce((sum, { size }) => sum + size, 0));
        for (const call of unet.calls) {
          expect(call.map(({ k }) => k)).toEqual(call.map(({ k }) => k).sort((a, b) => a - b));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does not draw again what is kept of the empty text', async () => {
    const kept = new Map<string, Float32Array>();
    const example = exampleOf({ texts: ['text 1'], images: [0, 1, 2, 3] });
    const unet = pretended();
    const rule = { ...RACE_RULE, errors: Number.POSITIVE_INFINITY };
    const options = { empty: EMPTY, emptyErrors: kept, rule };
    const first = await raceBlock(unet, [example], options);
    expect(unet.calls.flat()).toHaveLength(8 * COUNT);
    unet.calls.length = 0;
    expect(await raceBlock(unet, [example], options)).toEqual(first);
    expect(unet.calls.flat()).toHaveLength(4 * COUNT);
    expect(unet.calls.flat().some(({ text }) => text === EMPTY)).toBe(false);
  });

  it('does not draw what another block draws at the same time', async () => {
    const unet = pretended();
    const slow = {
      count: COUNT,
      async errors(rows: readonly Row[]) {
        await new Promise((resolve) => setImmediate(resolve));
        await unet.errors(rows);
      },
    };
    const blocks = ['text 1', 'text 2', 'text 3'].map((text) => exampleOf({ texts: [text], images: [0, 1, 2, 3] }));
    const rule = { ...RACE_RULE, errors: Number.POSITIVE_INFINITY };
    const options = { empty: EMPTY, emptyErrors: new Map<string, Float32Array>(), rule };
    const together = await Promise.all(blocks.map((block) => raceBlock(slow, [block], options)));
    // Of each text its four images, and of the empty text those images once.
    expect(unet.calls.flat()).toHaveLength((3 + 1) * 4 * COUNT);
    const alone = blocks.map((block) => raceBlock(pretended(), [block], { empty: EMPTY, rule }));
    expect(together).toEqual(await Promise.all(alone));
  });

  it('ends with the fault of the one who draws', async () => {
    const unet = { count: COUNT, errors: () => Promise.reject(new Error('the graph fails')) };
    const example = exampleOf({ texts: ['a', 'b'], images: [0] });
    await expect(raceBlock(unet, [example], { empty: EMPTY })).rejects.toThrow('the graph fails');
  });
});

const keys = new WeakMap<Float32Array, number>();
let last = 0;
function keyOf(array: Float32Array): number {
  if (!keys.has(array)) keys.set(array, last++);
  return keys.get(array)!;
}

describe('raceBlocks', () => {
  it('cuts the examples into blocks that fill four batches at the start, but the last', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), fc.integer({ min: 1, max: 32 }), (pairs, batch) => {
        const starts = raceBlocks(pairs, batch);
        const blocks = starts.map((start, i) => pairs.slice(start, starts[i + 1] ?? pairs.length));
        expect(blocks.flat()).toEqual(pairs);
        for (const block of blocks.slice(0, -1)) {
          const rows = block.reduce((a, b) => a + b);
          expect(rows).toBeGreaterThanOrEqual(4 * batch);
          expect(rows - block.at(-1)!).toBeLessThan(4 * batch);
        }
      }),
    );
  });
});
