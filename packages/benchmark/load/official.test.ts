import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { summarise } from '../metrics/summarise.ts';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { listTasks, loadTask } from './load.ts';
import { addFiles, writeTree } from './test-tree.ts';

/** A folder with the official metadata (clevr/captions, winoground/data.json, mmbias/textual_phrases.txt); images may lack. */
const official = process.env.GDBENCH_OFFICIAL;

/** The smallest image there is to write: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
).toString('latin1');

const RELIGIONS = ['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'].map((name) => `Religion/${name}`);
const GROUPS = [
  ...RELIGIONS,
  'Nationality/American',
  'Nationality/Arab',
  'Sexual Orientation/Heterosexual',
  'Sexual Orientation/LGBT',
];

/** The official metadata by link, with a placeholder for every image that they name. */
async function officialRoot(): Promise<string> {
  const clevr = JSON.parse(await readFile(join(official!, 'clevr/captions/spatial.json'), 'utf8'));
  const winoground: { id: number }[] = JSON.parse(await readFile(join(official!, 'winoground/data.json'), 'utf8'));
  const images = [
    ...Object.keys(clevr).map((name) => `clevr/images/${name}`),
    ...winoground.flatMap(({ id }) => [0, 1].map((i) => `winoground/images/ex_${id}_img_${i}.png`)),
    ...GROUPS.flatMap((group) => [1, 2].map((i) => `mmbias/data/Images/${group}/${i}.jpg`)),
  ];
  const root = await writeTree(Object.fromEntries(images.map((path) => [path, PIXEL])));
  for (const path of ['clevr/captions', 'winoground/data.json', 'mmbias/textual_phrases.txt'])
    await symlink(join(official!, path), join(root, path));
  return root;
}

describe.skipIf(!official)(
  `official metadata (${official ?? 'skipped: GDBENCH_OFFICIAL names no folder with them'})`,
  () => {
    it('holds 1,148 examples a CLEVR subtask, 400 of Winoground, 60 and 60 phrases and ten pairs of MMBias', async () => {
      const root = await officialRoot();
      const [clevr, winoground, mmbias] = await listTasks(root);
      expect(clevr).toMatchObject({
        runnable: true,
        examples: 8036,
        subtasks: Object.fromEntries(CLEVR_SUBTASKS.map((subtask) => [subtask, 1148])),
        images: { named: 574, missing: 0 },
      });
      expect(winoground).toMatchObject({ runnable: true, examples: 400, images: { named: 800, missing: 0 } });
      expect(mmbias).toMatchObject({ runnable: true, examples: 18 });

      const bias = await loadTask(root, 'mmbias');
      expect(bias.pleasant).toBe(60);
      for (const { texts } of bias.examples) expect(texts).toHaveLength(120);
      expect(summarise(bias, []).metrics).toHaveLength(20);

      const scenes = await loadTask(root, 'clevr');
      expect(scenes.examples[0]).toMatchObject({
        id: 'pair_binding_size/CLEVR_val2_000138.png/0',
        texts: ['A small cylinder and a large sphere.', 'A large cylinder and a small sphere.'],
      });
      const perImage = new Map<string, number>();
      for (const { cluster } of scenes.examples) perImage.set(cluster, (perImage.get(cluster) ?? 0) + 1);
      expect(new Set(perImage.values())).toEqual(new Set([14]));

      const pairs = await loadTask(root, 'winoground');
      expect(pairs.examples.every(({ tags }) => tags!.length >= 2)).toBe(true);
      // one byte of one of 800 images is another data set
      await addFiles(root, { 'winoground/images/ex_399_img_1.png': `${PIXEL}.` });
      expect((await loadTask(root, 'winoground')).dataVersion).not.toBe(pairs.dataVersion);
    });
  },
);
