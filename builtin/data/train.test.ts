import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { builtinData } from '../../test/support/builtin.ts';
import { each } from '../../test/support/each.ts';
import { newFolder } from '../../test/support/folder.ts';
import { isForTest } from './contents.ts';
import { PLAIN_SYLLABUS, type Subject, trainItem, trainSubject } from './lessons.ts';
import { PLANNER_NAMES } from './planners.ts';
import { openPool } from './pool.ts';
import { captionForms, rightCaptions } from './right-captions.ts';
import { contentKey, type Scene } from './scene.ts';
import type { Sketch } from './set-thread.ts';
import { writeTrainSet } from './train.ts';
import { drawSubject } from './train-thread.ts';
import { isTrue } from './truth.ts';
import { SET_SEED } from './version.ts';

type Line = { kind: string; captions: { text: string; hard: string[] }[] };

const COUNT = 1500;
const PIXELS = 64 * 64 * 3;

const out = newFolder();
let images: Buffer;
let lines: Line[];
let subjects: Subject[];
/** The test set of the published seed. */
let sketches: Sketch[];

beforeAll(async () => {
  const pool = openPool('./set-thread.ts');
  try {
    sketches = await Promise.all(
      PLANNER_NAMES.map((planner): Promise<Sketch> => pool.run({ planner, seed: SET_SEED }, { name: 'plan' })),
    );
  } finally {
    await pool.destroy();
  }
  await writeTrainSet(out, COUNT, 0);
  images = await readFile(path.join(out, 'images.u8'));
  const text = await readFile(path.join(out, 'items.jsonl'), 'utf8');
  lines = text
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line));
  subjects = Array.from({ length: COUNT }, (_, i) => trainSubject(0, i));
}, 600_000);

/** Of a picture of the drawn set. */
async function pixelHash(file: string): Promise<string> {
  const pixels = await sharp(file).raw().toBuffer();
  expect(pixels).toHaveLength(PIXELS);
  return createHash('sha256').update(pixels).digest('hex');
}

const sceneOf = (subject: Subject): Scene[] => (subject.kind === 'scene' ? [subject.scene] : []);
const scenesOf = ({ pictures }: Sketch): Scene[] => pictures.flatMap(({ art }) => ('scene' in art ? [art.scene] : []));
const pixelsOf = (i: number): Buffer => images.subarray(i * PIXELS, (i + 1) * PIXELS);

describe('writeTrainSet', () => {
  it('writes an image and a line an example, in their order', () => {
    expect(images.length).toBe(COUNT * PIXELS);
    expect(lines.length).toBe(COUNT);
    expect(lines.map(({ kind }) => kind)).toEqual(subjects.map(({ kind }) => kind));
    // An example made alone equals the same one in its row: streams do not lean on each other.
    for (const i of [0, 17, 1041, COUNT - 1]) {
      expect(Buffer.compare(pixelsOf(i), drawSubject(subjects[i]!))).toBe(0);
      expect(lines[i]!.captions).toEqual(trainItem(0, i, PLAIN_SYLLABUS).captions);
    }
  });

  it('leans with the skew in the captions of emblems alone', async () => {
    const skewed = Array.from({ length: 120 }, (_, i) => trainItem(0, i, { ...PLAIN_SYLLABUS, skew: 1 }));
    for (const [i, { kind, captions }] of skewed.entries()) {
      if (kind !== 'emblem') expect(captions).toEqual(lines[i]!.captions);
    }
    const emblems = skewed.flatMap(({ kind, captions }, i) => (kind === 'emblem' ? [{ captions, i }] : []));
    expect(
      emblems.filter(({ captions, i }) => JSON.stringify(captions) !== JSON.stringify(lines[i]!.captions)),
    ).not.toEqual([]);
  });
});

describe('what training shows', () => {
  it('shares no contents with a test scene of two solids or more, and is no test scene', () => {
    const tests = sketches.flatMap(scenesOf);
    const contents = new Set(tests.filter(({ solids }) => solids.length > 1).map(({ solids }) => contentKey(solids)));
    const graphs = new Set(tests.map((scene) => JSON.stringify(scene)));
    const scenes = subjects.flatMap(sceneOf);
    expect(scenes.filter(({ solids }) => contents.has(contentKey(solids)))).toEqual([]);
    expect(scenes.filter((scene) => graphs.has(JSON.stringify(scene)))).toEqual([]);
  });

  it('shares none with any later test set either: each side keeps to its own contents', () => {
    const sides = [subjects.flatMap(sceneOf), sketches.flatMap(scenesOf)].map((scenes) =>
      scenes.filter(({ solids }) => solids.length > 1).map(({ solids }) => isForTest(solids)),
    );
    expect(sides.map((side) => new Set(side))).toEqual([new Set([false]), new Set([true])]);
    expect(sides.map((side) => side.length > COUNT / 2)).toEqual([true, true]);
  });

  it('has no picture of the test set, and none twice', async () => {
    const pictures = sketches.flatMap((sketch) => sketch.pictures);
    const lossless = pictures.filter(({ file }) => file.endsWith('.png'));
    // pixels that JPEG has changed say nothing; all of those are scenes, none of which is shown in training (above)
    const lossy = pictures.filter(({ file }) => file.endsWith('.jpg'));
    expect([lossless.length + lossy.length, lossy.filter(({ art }) => !('scene' in art))]).toEqual([
      pictures.length,
      [],
    ]);
    const tests = new Set(await Promise.all(lossless.map(({ file }) => pixelHash(path.join(builtinData(), file)))));
    const hashes = lines.map((_, i) => createHash('sha256').update(pixelsOf(i)).digest('hex'));
    expect(tests.size).toBeGreaterThan(lossless.length / 2);
    expect(hashes.filter((hash) => tests.has(hash))).toEqual([]);
    expect(new Set(hashes).size).toBe(COUNT);
  });

  it('is a scene of two solids in most cases, of contrasting ones in many, and now and then of another kind', () => {
    const share = (n: number): number => n / COUNT;
    const pairs = subjects.flatMap(sceneOf).filter(({ solids }) => solids.length === 2);
    const contrasting = pairs.filter(({ solids: [a, b] }) => a!.color !== b!.color && a!.shape !== b!.shape);
    expect(share(pairs.length)).toBeGreaterThan(0.65);
    expect(share(contrasting.length)).toBeGreaterThan(0.5);
    expect(share(subjects.filter(({ kind }) => kind === 'creature').length)).toBeCloseTo(0.08, 1);
    expect(share(subjects.filter(({ kind }) => kind === 'emblem').length)).toBeCloseTo(0.05, 1);
  });
});

describe('what training says', () => {
  it('is true of scenes, and every hard text is false', () => {
    let count = 0;
    for (const [i, { captions }] of each(lines).entries()) {
      for (const scene of sceneOf(subjects[i]!)) {
        for (const { text, hard } of each(captions)) {
          expect(isTrue(text, scene), text).toBe(true);
          expect(new Set(hard).size).toBe(hard.length);
          for (const h of hard) expect(isTrue(h, scene), h).toBe(false);
          count += hard.length;
        }
      }
    }
    expect(count).toBeGreaterThan(COUNT * 16);
  });

  it('keeps the words of a caption in a hard text, but for their order or one of them', () => {
    const counts = (text: string): Map<string, number> => {
      const found = new Map<string, number>();
      for (const word of text.toLowerCase().replace(/[.,]/g, '').split(' '))
        found.set(word, (found.get(word) ?? 0) + 1);
      return found;
    };
    // Relations and verbs of several words count as one, and a plural as its singular.
    const asOne = (text: string): string =>
      text
        .replace(/in front of|on top of|hovers over|hides behind|is tied to/gi, (words) => words.replaceAll(' ', '-'))
        .replace(/(cube|sphere|cylinder)s/g, '$1');
    for (const { captions } of each(lines.filter(({ kind }) => kind === 'scene'))) {
      for (const { text, hard } of each(captions)) {
        const said = counts(asOne(text));
        for (const h of hard) {
          const added = [...counts(asOne(h))].reduce((n, [word, k]) => n + Math.max(0, k - (said.get(word) ?? 0)), 0);
          expect(added, `${text} | ${h}`).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it('names both solids of two, in at most 16 captions', () => {
    const solid = '(?:a|the) (?:[a-z]+ )*(?:cube|sphere|cylinder|object)';
    const two = new RegExp(`${solid} .*${solid}`, 'i');
    for (const [i, { captions }] of each(lines).entries()) {
      for (const { solids } of sceneOf(subjects[i]!)) {
        expect(captions.length).toBeGreaterThan(0);
        expect(captions.length).toBeLessThanOrEqual(16);
        if (solids.length === 2) expect(captions.filter(({ text }) => two.test(text)).length).toBeGreaterThan(1);
      }
    }
  });

  it('has the form of every clause that the right captions of the test set have', () => {
    const missing = new Set<string>();
    const asked = Object.entries(rightCaptions(sketches.flatMap(({ texts }) => texts)));
    expect(asked).toHaveLength(12);
    for (const [file, captions] of asked) {
      expect(captions.length, file).toBeGreaterThan(0);
      for (const form of captions.flatMap(captionForms)) missing.add(form);
    }
    const meet = (captions: Line['captions']) => {
      for (const { text } of captions) for (const form of captionForms(text)) missing.delete(form);
    };
    for (const { captions } of lines) meet(captions);
    // a few forms are rare
    for (let i = COUNT; missing.size > 0 && i < 3 * COUNT; i++) meet(trainItem(0, i, PLAIN_SYLLABUS).captions);
    expect([...missing]).toEqual([]);
  });
});
