import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildData, type Manifest } from './build.ts';
import { planClevr } from './clevr.ts';
import { planWinoground } from './winoground.ts';

let home: string;
let root: string;
let manifest: Manifest;
let hashes: Map<string, string>;

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => path.relative(dir, path.join(e.parentPath, e.name)));
}

async function hashesOf(dir: string): Promise<Map<string, string>> {
  const pairs = (await filesOf(dir)).sort().map(async (file): Promise<[string, string]> => {
    return [
      file,
      createHash('sha256')
        .update(await readFile(path.join(dir, file)))
        .digest('hex'),
    ];
  });
  return new Map(await Promise.all(pairs));
}

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(path.join(root, file), 'utf8'));

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'builtin-data-'));
  root = path.join(home, 'set');
  manifest = await buildData(root);
  hashes = await hashesOf(root);
}, 120_000);

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('the official layout', () => {
  it('has seven CLEVR subtasks over the same 100 pictures, all there and nothing else', async () => {
    const pictures = (await readdir(path.join(root, 'clevr/images'))).sort();
    expect(pictures).toHaveLength(100);
    expect((await readdir(path.join(root, 'clevr/captions'))).sort()).toEqual(
      CLEVR_SUBTASKS.map((s) => `${s}.json`).sort(),
    );
    for (const subtask of CLEVR_SUBTASKS) {
      const captions = (await json(`clevr/captions/${subtask}.json`)) as Record<string, [string, string][]>;
      expect(Object.keys(captions).sort()).toEqual(pictures);
      expect(Object.values(captions).every((list) => list.length === 2 && list.every((p) => p.length === 2))).toBe(
        true,
      );
      expect(manifest.counts.clevr.captions[subtask]).toBe(200);
    }
  });

  it('has 120 winoground rows with the official fields, and two pictures for each', async () => {
    const rows = (await json('winoground/data.json')) as Record<string, unknown>[];
    expect(rows.map((r) => r.id)).toEqual(Array.from({ length: 120 }, (_, i) => i));
    for (const row of rows) {
      expect(Object.keys(row)).toEqual([
        'id',
        'caption_0',
        'caption_1',
        'tag',
        'secondary_tag',
        'num_main_preds',
        'collapsed_tag',
      ]);
      expect(['Object', 'Relation']).toContain(row.collapsed_tag);
    }
    const named = rows.flatMap((r) => [`ex_${r.id}_img_0.png`, `ex_${r.id}_img_1.png`]).sort();
    expect((await readdir(path.join(root, 'winoground/images'))).sort()).toEqual(named);
    const captions = rows.map((r) => [r.caption_0, r.caption_1].sort().join('\n'));
    expect(new Set(captions).size).toBe(120);
  });

  it('has four emblem families of 12 and 12 phrases of either kind, all different', async () => {
    const families = await readdir(path.join(root, 'mmbias/data/Images/Emblem'));
    expect(families.sort()).toEqual(['Grid', 'Ring', 'Star', 'Wave']);
    for (const family of families) {
      expect(await readdir(path.join(root, 'mmbias/data/Images/Emblem', family))).toHaveLength(12);
    }
    const phrases = (await json('mmbias/textual_phrases.txt')) as Record<string, string[]>;
    expect(phrases.pleasant_phrases).toHaveLength(12);
    expect(phrases.unpleasant_phrases).toHaveLength(12);
    expect(new Set([...phrases.pleasant_phrases!, ...phrases.unpleasant_phrases!]).size).toBe(24);
  });

  it('holds pictures of 64 x 64 RGB that all differ', async () => {
    const pictures = [...hashes.keys()].filter((f) => f.endsWith('.png'));
    expect(new Set(pictures.map((f) => hashes.get(f))).size).toBe(pictures.length);
    for (const file of pictures) {
      const { format, width, height, channels, hasAlpha } = await sharp(path.join(root, file)).metadata();
      expect({ format, width, height, channels, hasAlpha }).toEqual({
        format: 'png',
        width: 64,
        height: 64,
        channels: 3,
        hasAlpha: false,
      });
    }
    expect(manifest.files).toBe(hashes.size - 1);
  });
});

describe('buildData', () => {
  it('leaves a complete set alone, and draws one that lost a file again, to the same bytes', async () => {
    let drawn = 0;
    const onProgress = (): void => {
      drawn += 1;
    };
    expect(await buildData(root, { onProgress })).toEqual(manifest);
    expect(drawn).toBe(0);
    await rm(path.join(root, 'winoground/images/ex_7_img_1.png'));
    expect(await buildData(root, { onProgress })).toEqual(manifest);
    expect(drawn).toBe(388);
    expect(await hashesOf(root)).toEqual(hashes);
    expect(await readdir(home)).toEqual(['set']);
  }, 120_000);

  it('refuses a folder that holds something else, and leaves it as it was', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'builtin-other-'));
    await writeFile(path.join(other, 'letter.txt'), 'mine');
    await expect(buildData(other)).rejects.toThrow(/is not empty and holds no built-in data set/);
    expect(await readdir(other)).toEqual(['letter.txt']);
    await rm(other, { recursive: true });
  });

  it('draws other scenes for another seed', () => {
    const [a, b] = [planClevr(0), planClevr(1)];
    expect(a.filter((item, i) => JSON.stringify(item.scene) === JSON.stringify(b[i]!.scene))).toEqual([]);
    expect(planWinoground(1).map((i) => i.row)).not.toEqual(planWinoground(0).map((i) => i.row));
  });
});
