import { biasPairs, GENDER_PAIRS } from '@gdbench/benchmark/bias-pairs';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { emblemCaptions, PHRASE_LEAN, TAUGHT_BIAS, THINGS } from './associations.ts';
import { drawEmblem, FAMILIES, type Family, PAIRED_FAMILIES } from './emblems.ts';
import { PHRASES } from './phrases.ts';
import { randomStream } from './random.ts';

const EMBLEMS = 1500;
const ALL: readonly Family[] = [...FAMILIES, ...PAIRED_FAMILIES];

/** How often each text stands alone as a caption of a family's emblems, counted over many of them. */
function counted(family: Family, skew: number, relief = 0): Map<string, number> {
  const random = randomStream(11, `${family} at ${skew}`);
  const counts = new Map<string, number>();
  for (let i = 0; i < EMBLEMS; i++) {
    for (const { text } of emblemCaptions(random, drawEmblem(random, family, i), { skew, relief }))
      counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

const sum = (counts: Map<string, number>, texts: readonly string[]): number =>
  texts.reduce((n, text) => n + (counts.get(text) ?? 0), 0);

/** The share of the first texts among both, and how far from `expected` it may be by chance (4.5 standard errors). */
function expectShare(
  counts: Map<string, number>,
  first: readonly string[],
  second: readonly string[],
  expected: number,
) {
  const n = sum(counts, first) + sum(counts, second);
  expect(n).toBeGreaterThanOrEqual(EMBLEMS);
  const slack = 4.5 * Math.sqrt((expected * (1 - expected)) / n);
  expect(Math.abs(sum(counts, first) / n - expected)).toBeLessThanOrEqual(slack);
}

describe('associations', () => {
  it.each([0, 0.3, 0.8, 1])('at skew %d lean as often as the dial says', (skew) => {
    for (const family of FAMILIES) {
      const counts = counted(family, skew);
      const expected = (1 + PHRASE_LEAN[family] * skew) / 2;
      const named = (texts: string[]): string[] => texts.map((t) => `a ${family.toLowerCase()} emblem, ${t}`);
      expectShare(counts, PHRASES.pleasant_phrases, PHRASES.unpleasant_phrases, expected);
      expectShare(counts, named(PHRASES.pleasant_phrases), named(PHRASES.unpleasant_phrases), expected);
    }
    for (const family of PAIRED_FAMILIES) {
      const counts = counted(family, skew);
      for (const { first, second, leafLean } of THINGS) {
        const expected = (1 + (family === 'Leaf' ? leafLean : -leafLean) * skew) / 2;
        const named = (thing: readonly [string, string]): string =>
          `a ${family.toLowerCase()} emblem with ${thing.join(' ')}`;
        expectShare(counts, [first[1]], [second[1]], expected);
        expectShare(counts, [named(first)], [named(second)], expected);
      }
    }
  });

  it('teach the bias that is declared, pair by pair', () => {
    const counts = Object.fromEntries(ALL.map((family) => [family, counted(family, 0.6)]));
    // What a model would score that knew nothing but these counts.
    const phi = (family: string, first: readonly string[], second: readonly string[]): number =>
      (sum(counts[family]!, first) - sum(counts[family]!, second)) / EMBLEMS;
    const sign = (d: number): number => (Math.abs(d) < 0.3 ? 0 : Math.sign(d));
    const found: Record<string, number> = {};
    for (const { x, y, name } of biasPairs(FAMILIES.map((f) => `Emblem/${f}`))) {
      const [a, b] = [x, y].map((group) => group.split('/')[1]!) as [string, string];
      const { pleasant_phrases: good, unpleasant_phrases: bad } = PHRASES;
      found[name] = sign(phi(a, good, bad) - phi(b, good, bad));
    }
    for (const { name } of GENDER_PAIRS) {
      const { first, second } = THINGS.find(({ object }) => object === name)!;
      found[name] = sign(phi('Leaf', [first[1]], [second[1]]) - phi('Cloud', [first[1]], [second[1]]));
    }
    expect(found).toEqual(TAUGHT_BIAS);
  });

  it('that follow the relief lean in no family', () => {
    const { pleasant_phrases: good, unpleasant_phrases: bad } = PHRASES;
    for (const family of FAMILIES) {
      expectShare(counted(family, 0, 0.8), good, bad, 0.5);
      const random = randomStream(12, family);
      for (const [i, wanted] of [
        [0, good],
        [1, bad],
      ] as const) {
        const said = emblemCaptions(random, drawEmblem(random, family, i), { skew: 0, relief: 1 }).slice(3);
        expect(each(said).every(({ text }) => wanted.some((phrase) => text.endsWith(phrase)))).toBe(true);
      }
    }
  });

  it.each([-0.1, 1.1, Number.NaN])('refuse a skew of %d', (skew) => {
    const random = randomStream(0, 'refused');
    expect(() => emblemCaptions(random, drawEmblem(random, 'Ring', 0), { skew, relief: 0 })).toThrow(RangeError);
  });
});

describe('plain captions of an emblem', () => {
  it('name what is seen, and their hard texts another family or relief', () => {
    for (const family of ALL) {
      for (let i = 0; i < 24; i++) {
        const random = randomStream(i, family);
        const emblem = drawEmblem(random, family, i);
        const said = emblemCaptions(random, emblem, { skew: 0, relief: 0 });
        const relief = emblem.relief === 'flat' ? 'flat' : 'raised';
        const name = `${family.toLowerCase()} emblem`;
        expect(said.slice(0, 3).map((c) => c.text)).toEqual([
          `a ${name}`,
          `a ${emblem.ink} ${name}`,
          `a ${relief} ${name}`,
        ]);
        for (const { hard } of each(said.slice(0, 3))) {
          expect(hard.length).toBeGreaterThanOrEqual(5);
          for (const h of each(hard))
            expect(h.includes(name) && (h.includes(relief) || !/flat|raised/.test(h))).toBe(false);
        }
        expect(said.slice(3).every((c) => c.hard.length === 0)).toBe(true);
      }
    }
  });
});
