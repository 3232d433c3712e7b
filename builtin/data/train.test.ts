import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planClevr } from './clevr.ts';
import { testContents, trainItem } from './lessons.ts';
import { contentKey, type Scene } from './scene.ts';
import { drawItem, writeTrainSet } from './train.ts';
import { isTrue } from './truth.ts';
import { planWinoground } from './winoground.ts';

const barred = testContents();
const items = Array.from({ length: 800 }, (_, i) => trainItem(0, i, barred));
const scenes: Scene[] = items.flatMap((i) => (i.kind === 'scene' ? [i.scene] : []));

describe('training scenes', () => {
  it('share no contents with any test scene, whatever their places', () => {
    const test = [...planClevr(0).map((i) => i.scene), ...planWinoground(0).flatMap((i) => i.scenes)];
    const contents = new Set(test.map((s) => contentKey(s.solids)));
    expect(scenes.filter((s) => contents.has(contentKey(s.solids)))).toEqual([]);
    const graphs = new Set(test.map((s) => JSON.stringify(s)));
    expect(scenes.filter((s) => graphs.has(JSON.stringify(s)))).toEqual([]);
  });

  it('would have met test contents, had they not been barred', () => {
    const free = Array.from({ length: 800 }, (_, i) => trainItem(0, i, new Set()));
    const met = free.filter((i) => i.kind === 'scene' && barred.has(contentKey(i.scene.solids)));
    expect(met.length).toBeGreaterThan(0);
  });

  it('have only true captions', () => {
    for (const item of items) {
      expect(item.captions.length).toBeGreaterThan(0);
      if (item.kind === 'scene') for (const c of item.captions) expect(isTrue(c, item.scene), c).toBe(true);
    }
  });

  it('use every word that the test captions use', () => {
    const words = (captions: string[]): Set<string> =>
      new Set(captions.flatMap((c) => c.toLowerCase().replace('.', '').split(' ')));
    const known = words(items.flatMap((i) => i.captions));
    const asked = words([
      ...planClevr(0).flatMap((i) => Object.values(i.captions).flat(2)),
      ...planWinoground(0).flatMap((i) => [i.row.caption_0, i.row.caption_1]),
    ]);
    expect([...asked].filter((w) => !known.has(w))).toEqual([]);
  });
});

describe('writeTrainSet', () => {
  it('writes raw pixels and captions item by item', async () => {
    const out = await mkdtemp(path.join(tmpdir(), 'builtin-train-'));
    await writeTrainSet(out, 30, 0);
    const images = await readFile(path.join(out, 'images.u8'));
    const lines = (await readFile(path.join(out, 'captions.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(images.length).toBe(30 * 64 * 64 * 3);
    expect(lines.map((l) => JSON.parse(l))).toEqual(items.slice(0, 30).map((i) => i.captions));
    // An item drawn alone equals the same item in its row: streams do not lean on each other.
    expect(Buffer.compare(images.subarray(17 * 12288, 18 * 12288), drawItem(trainItem(0, 17, barred)))).toBe(0);
    await rm(out, { recursive: true });
  });
});
