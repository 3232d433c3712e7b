import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFlickrImages, readFlickrTexts } from '../../packages/benchmark/load/flickr30k.ts';
import { each } from '../../test/support/each.ts';
import { folderOf } from '../../test/support/folder.ts';
import { encoderSha256 } from './encoder.ts';
import { flickrImages } from './flickr-images.ts';
import { planFlickr } from './flickr30k.ts';
import { rankNearest, readNearest } from './nearest.ts';
import { randomStream } from './random.ts';
import { retell } from './retell.ts';
import { contentKey } from './scene.ts';
import { isTrue } from './truth.ts';
import { SET_SEED } from './version.ts';

const images = flickrImages(SET_SEED);
const captions = images.flatMap((image) => image.captions);

/** The captions as they were told, from the gist to the most detail. */
const taken = new Set<string>();
const tellings = images.map(({ scene }, i) =>
  retell(randomStream(SET_SEED, `test/flickr30k/${i}/captions`), scene, taken),
);

describe('flickrImages', () => {
  it('tells each of 100 images by five true captions, and nothing twice', () => {
    expect(images).toHaveLength(100);
    for (const image of each(images)) {
      expect(image.captions).toHaveLength(5);
      expect(image.captions.filter((caption) => !isTrue(caption, image.scene))).toEqual([]);
    }
    expect(new Set(captions).size).toBe(500);
    expect(new Set(images.map(({ scene }) => contentKey(scene.solids))).size).toBe(100);
  });

  it('gives the captions as they are told, in an order of their own', () => {
    for (const [i, { captions }] of each(images).entries())
      expect([...captions].sort()).toEqual([...tellings[i]!].sort());
    for (const place of [0, 1, 2, 3, 4]) {
      const forms = images.map(({ captions }, i) => tellings[i]!.indexOf(captions[place]!));
      expect([...new Set(forms)].sort()).toEqual([0, 1, 2, 3, 4]);
    }
  });
});

describe('retell', () => {
  it('says more in the last caption than in the first', () => {
    const adjectives = (text: string): number => (text.match(/small|large|matte|shiny/g) ?? []).length;
    for (const told of each(tellings)) expect(adjectives(told[4]!)).toBeGreaterThan(adjectives(told[0]!));
  });
});

describe('planFlickr', () => {
  it('gives lists that the reader of the official files takes, the right one first and the other nine false', async () => {
    const root = await folderOf(Object.fromEntries(planFlickr(SET_SEED).texts.map(({ file, text }) => [file, text])));
    const asked = await readFlickrImages(root);
    const seen = await readFlickrTexts(root);

    const sceneOf = new Map(images.map(({ file, scene }) => [file, scene]));
    expect(asked.examples.map(({ texts }) => texts[0])).toEqual(images.map((image) => image.captions[0]));
    each(asked.examples).forEach(({ texts, images: shown }, i) => {
      expect(shown[0]!.path).toBe(images[i]!.file);
      expect(new Set(shown.map(({ path }) => path)).size).toBe(10);
      expect(shown.map(({ path }) => isTrue(texts[0]!, sceneOf.get(path)!))).toEqual([true, ...Array(9).fill(false)]);
    });
    expect(seen.examples).toHaveLength(100);
    each(seen.examples).forEach(({ texts, images: shown }, i) => {
      expect(shown[0]!.path).toBe(images[i]!.file);
      expect(new Set(texts).size).toBe(10);
      expect(texts.map((text) => isTrue(text, images[i]!.scene))).toEqual([true, ...Array(9).fill(false)]);
    });
  });

  it.each([
    ['shortest caption', (text: string) => -text.length],
    ['longest caption', (text: string) => text.length],
    ...['gist', 'relation', 'looks', 'two clauses', 'fullest'].map((form, k): [string, (text: string) => number] => [
      `form "${form}"`,
      (text) => Number(tellings.some((told) => told[k] === text)),
    ]),
  ])('lets the text alone tell the right one by chance only: %s', (_, score) => {
    const file = planFlickr(SET_SEED).texts.find(({ file }) => file.endsWith('_text.json'))!;
    const lists = Object.values(JSON.parse(file.text) as Record<string, string[]>);
    const rights = lists.map((texts) => {
      const scores = texts.map(score);
      const best = Math.max(...scores);
      // Of equally good ones the rule picks any.
      return scores[0] === best ? 1 / scores.filter((s) => s === best).length : 0;
    });
    const share = rights.reduce((sum, right) => sum + right, 0) / lists.length;
    // Of ten texts one is right; a share among 100 lists strays from that by three standard errors at most.
    const chance = 1 / 10;
    const error = Math.sqrt((chance * (1 - chance)) / 100);
    expect(lists).toHaveLength(100);
    expect(Math.abs(share - chance)).toBeLessThan(3 * error);
  });

  it('draws the images that its lists name', () => {
    expect(planFlickr(SET_SEED).pictures.map(({ file, scene }) => ({ file, scene }))).toEqual(
      images.map(({ file, scene }) => ({ file, scene })),
    );
  });

  it('says what to do when the lists were made for other images, or are not there', () => {
    expect(() => planFlickr(SET_SEED + 1)).toThrow(/made for other images or captions: make it again with .*rank\.ts/);
    expect(() => readNearest('/nowhere/nearest.json')).toThrow(
      /nearest\.json is missing .*: make it again with .*rank\.ts/,
    );
  });
});

describe('readNearest', () => {
  it('gives lists of the committed checkpoint', async () => {
    const { encoder, sha256 } = readNearest();
    const folder = path.resolve(import.meta.dirname, '../checkpoints', encoder);
    expect(
      sha256,
      `${encoder} has changed since it ranked the lists: make them again with \`node builtin/data/rank.ts\`.`,
    ).toBe(await encoderSha256(folder));
  });
});

describe('rankNearest', () => {
  it('leaves no false candidate out that is nearer than one in the list', () => {
    const few = images.slice(0, 14);
    const texts = few.flatMap((image) => image.captions);
    // Few different scores, so that ties occur.
    const score = fc.integer({ min: -3, max: 3 });
    const row = fc.array(score, { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 70, maxLength: 70 }), (scores) => {
        const { images: rows, texts: columns } = rankNearest(few, scores, { name: 'any', sha256: '0'.repeat(64) });
        const check = (list: string, of: number[], wrong: (i: number) => boolean): void => {
          const listed = list.split(' ').map(Number);
          const left = of.map((_, i) => i).filter((i) => wrong(i) && !listed.includes(i));
          const worst = Math.min(...listed.map((i) => of[i]!));
          expect(listed.every(wrong) && new Set(listed).size === 9).toBe(true);
          expect(listed.map((i) => of[i]!)).toEqual(listed.map((i) => of[i]!).sort((a, b) => b - a));
          expect(left.every((i) => of[i]! <= worst)).toBe(true);
        };
        each(texts).forEach((text, k) => {
          check(rows[k]!, scores[k]!, (i) => !isTrue(text, few[i]!.scene));
        });
        each(few).forEach(({ scene }, i) => {
          check(
            columns[i]!,
            scores.map((of) => of[i]!),
            (k) => !isTrue(texts[k]!, scene),
          );
        });
      }),
      { numRuns: 20 },
    );
  });
});
