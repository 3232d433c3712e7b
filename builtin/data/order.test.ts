import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOrder } from '../../packages/benchmark/load/order.ts';
import { each } from '../../test/support/each.ts';
import { folderOf } from '../../test/support/folder.ts';
import { planCocoOrder, planFlickrOrder } from './order.ts';
import { PERMUTATIONS } from './permute.ts';
import { randomStream } from './random.ts';
import type { Scene } from './scene.ts';
import { isTrue } from './truth.ts';

const CONTENT = /^(gray|red|blue|green|brown|purple|cyan|yellow|cube|sphere|cylinder|small|large|matte|shiny)$/;

const says = (text: string, scene: Scene): boolean => {
  try {
    return isTrue(text, scene);
  } catch {
    return false;
  }
};

describe.each([
  ['coco_order', planCocoOrder],
  ['flickr30k_order', planFlickrOrder],
] as const)('%s', (task, planOf) => {
  const plan = planOf(0);

  it('has 100 rows of one true caption and four that differ and are not true, in the form of the reader', async () => {
    const root = await folderOf(Object.fromEntries(plan.texts.map(({ file, text }) => [file, text])));
    const { examples } = await readOrder(task)(root);
    expect(examples.map(({ images }) => images[0]!.path)).toEqual(plan.pictures.map(({ file }) => file));
    expect(examples).toHaveLength(100);
    each(examples).forEach(({ texts }, i) => {
      expect(texts.map((text) => says(text, plan.pictures[i]!.scene))).toEqual([true, false, false, false, false]);
      expect(new Set(texts).size).toBe(5);
      const sorted = texts.map((text) => text.split(' ').sort().join(' '));
      expect(new Set(sorted).size).toBe(1);
      for (const text of each(texts)) expect(text).toMatch(/^[a-z ]+$/);
    });
  });

  it('permutes in its four ways, each in its place', () => {
    const rows = JSON.parse(plan.texts[0]!.text) as { caption_options: string[] }[];
    for (const { caption_options } of each(rows)) {
      const [words, content, others, trigrams, within] = caption_options.map((text) => text.split(' ')) as [
        string[],
        string[],
        string[],
        string[],
        string[],
      ];
      const where = (text: string[], yes: boolean): string[] => text.map((w) => (CONTENT.test(w) === yes ? w : '_'));
      expect(where(content, false)).toEqual(where(words, false));
      expect(where(others, true)).toEqual(where(words, true));
      const cut = (text: string[]): string[] =>
        text.flatMap((_, i) =>
          i % 3 === 0
            ? [
                text
                  .slice(i, i + 3)
                  .sort()
                  .join(' '),
              ]
            : [],
        );
      expect(cut(within)).toEqual(cut(words));
      expect(isOfTrigrams(trigrams, words)).toBe(true);
    }
  });
});

/** Whether a text can be cut into the trigrams of another, tried in all orders. */
function isOfTrigrams(text: string[], words: string[]): boolean {
  const left = words.flatMap((_, i) => (i % 3 === 0 ? [words.slice(i, i + 3).join(' ')] : []));
  const from = (rest: string, open: string[]): boolean =>
    open.length === 0
      ? rest === ''
      : open.some((t, i) => `${rest} `.startsWith(`${t} `) && from(rest.slice(t.length + 1), open.toSpliced(i, 1)));
  return from(text.join(' '), left);
}

describe('the permutations', () => {
  it('keep all words', () => {
    const word = fc.constantFrom('a', 'red', 'cube', 'left', 'of', 'spheres', 'while', 'shiny');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.integer(), (words, seed) => {
        for (const permute of each(Object.values(PERMUTATIONS))) {
          expect(permute(randomStream(seed, 'any'), words).sort()).toEqual([...words].sort());
        }
      }),
    );
  });
});
