import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import {
  creatureCaptions,
  drawCreature,
  EARS,
  FORMS,
  KINDS,
  type Kind,
  kindName,
  neighbours,
  PATTERNS,
} from './creatures.ts';
import { randomStream } from './random.ts';
import { COLORS, MATERIALS, SHAPES, SIZES } from './scene.ts';

const words = (text: string): string[] => text.toLowerCase().split(' ');
const parts = (kind: Kind): string[] => kindName(kind).split(' ');

describe('the classes', () => {
  it('are 37 with names of two or three words, none of them a word of the scenes', () => {
    expect(new Set(KINDS.map(kindName)).size).toBe(37);
    const scenes = new Set<string>([...COLORS, ...SHAPES, ...SIZES, ...MATERIALS]);
    for (const kind of KINDS) {
      expect(parts(kind).length).toBeGreaterThanOrEqual(2);
      expect(parts(kind).length).toBeLessThanOrEqual(3);
      expect(words(kindName(kind)).filter((w) => scenes.has(w))).toEqual([]);
    }
  });

  it('have as neighbours just those that differ in one word', () => {
    for (const kind of KINDS.slice(0, 36)) {
      const near = KINDS.slice(0, 36).filter((k) => parts(k).filter((w, i) => w !== parts(kind)[i]).length === 1);
      expect(neighbours(kind).map(kindName).sort()).toEqual(near.map(kindName).sort());
    }
    expect(neighbours('Merry Cyclops')).toHaveLength(36);
  });
});

describe('captions of a creature', () => {
  const creatures = KINDS.flatMap((kind) => [0, 1].map((i) => drawCreature(randomStream(i, kindName(kind)), kind)));
  const telling = new Set([...PATTERNS, ...EARS, ...FORMS, ...COLORS, 'Merry', 'Cyclops'].map((w) => w.toLowerCase()));

  it('say only what is so, and every hard text one thing that is not', () => {
    for (const creature of each(creatures)) {
      const so = new Set([...words(kindName(creature.kind)), creature.color]);
      const untrue = (text: string): string[] => words(text).filter((w) => telling.has(w) && !so.has(w));
      for (const { text, hard } of each(creatureCaptions(creature))) {
        expect(untrue(text)).toEqual([]);
        expect(hard.length).toBeGreaterThan(0);
        expect(new Set(hard).size).toBe(hard.length);
        for (const h of each(hard)) {
          if (creature.kind === 'Merry Cyclops') expect(untrue(h).length, h).toBeGreaterThan(0);
          else {
            expect(untrue(h), h).toHaveLength(1);
            expect(words(h)).toHaveLength(words(text).length);
          }
        }
      }
    }
  });

  it('hold the prompt of the pets task', () => {
    for (const creature of each(creatures))
      expect(creatureCaptions(creature).map((c) => c.text)).toContain(
        `a photo of a ${kindName(creature.kind).toLowerCase()}`,
      );
  });
});
