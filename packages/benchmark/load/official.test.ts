import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pMap from 'p-map';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { folderOf, writeFiles } from '../../../test/support/folder.ts';
import { numbered } from '../../../test/support/official-tree.ts';
import { EDITIONS } from '../editions/editions.ts';
import { editionWords } from '../editions/words.ts';
import { summarise } from '../metrics/summarise.ts';
import type { TaskName } from '../task.ts';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { listTasks, loadTask } from './load.ts';

/** A folder with the official metadata; images may lack. */
const official = process.env.GDBENCH_OFFICIAL;

/** The smallest image there is to write: one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
);

const RELIGIONS = ['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'].map((name) => `Religion/${name}`);
const GROUPS = [
  ...RELIGIONS,
  'Nationality/American',
  'Nationality/Arab',
  'Sexual Orientation/Heterosexual',
  'Sexual Orientation/LGBT',
];

const ONE_SET = 'imagecode/one-set';

async function metadata(path: string) {
  return JSON.parse(await readFile(join(official!, path), 'utf8'));
}

/** The official metadata by link, with a placeholder for every image that they name and for some that are found by folder. */
async function officialRoot(): Promise<string> {
  const flickrImages: Record<string, string[]> = await metadata('flickr30k/val_top10_RN50x64.json');
  const flickrTexts = Object.keys(await metadata('flickr30k/val_top10_RN50x64_text.json'));
  const svo: { pos_id: string; neg_id: string }[] = await metadata('svo/svo.json');
  const winoground: { id: number }[] = await metadata('winoground/data.json');
  const images = new Set([
    ...Object.keys(await metadata('clevr/captions/spatial.json')).map((name) => `clevr/images/${name}`),
    ...winoground.flatMap(({ id }) => [0, 1].map((i) => `winoground/images/ex_${id}_img_${i}.png`)),
    ...[...Object.values(flickrImages).flat(), ...flickrTexts].map((path) => path.replace('datasets/', '')),
    ...numbered(10, (i) => `${ONE_SET}/img${i}.jpg`),
    ...svo.flatMap(({ pos_id, neg_id }) => [pos_id, neg_id]).map((name) => `svo/images/${name}`),
    'pets/images/Abyssinian_1.jpg',
    'pets/images/yorkshire_terrier_200.jpg',
    ...GROUPS.flatMap((group) => [1, 2].map((i) => `mmbias/data/Images/${group}/${i}.jpg`)),
  ]);
  const root = await folderOf({});
  for (const folder of new Set([...images].map(dirname))) await mkdir(join(root, folder), { recursive: true });
  await pMap(images, (path) => writeFile(join(root, path), PIXEL), { concurrency: 16 });
  // all sets are one: links to its folder are fewer than files
  await mkdir(join(root, 'imagecode/image-sets'), { recursive: true });
  const sets = Object.keys(await metadata('imagecode/valid_data.json'));
  await pMap(sets, (set) => symlink(join(root, ONE_SET), join(root, 'imagecode/image-sets', set)), { concurrency: 16 });
  for (const path of [
    'clevr/captions',
    'winoground/data.json',
    'flickr30k/val_top10_RN50x64.json',
    'flickr30k/val_top10_RN50x64_text.json',
    'imagecode/valid_data.json',
    'svo/svo.json',
    'pets/classes.txt',
    'mmbias/textual_phrases.txt',
  ])
    await symlink(join(official!, path), join(root, path));
  return root;
}

describe.skipIf(!official)(
  `official metadata (${official ?? 'skipped: GDBENCH_OFFICIAL names no folder with them'})`,
  () => {
    it('gives each task the number of examples that the paper has', async () => {
      const root = await officialRoot();
      const listings = new Map((await listTasks(root)).map((listing) => [listing.task, listing]));
      for (const [task, examples, named] of [
        ['clevr', 7 * 1148, 574],
        ['winoground', 400, 800],
        ['flickr30k_image', 1014, 1014],
        ['flickr30k_text', 1014, 1014],
        ['imagecode', 430, 1550],
        ['imagecode_video', 1872, 8840],
        ['svo_verb', 1, 2],
        ['svo_subj', 2, 4],
        ['pets', 2, 2],
        ['mmbias', 18, 18],
      ] as const)
        expect({ ...listings.get(task), subtasks: {} }).toEqual({
          task,
          runnable: true,
          reason: null,
          examples,
          subtasks: {},
          images: { named, missing: 0, unreadable: 0 },
          faulty: [],
        });
      expect(listings.get('clevr')!.subtasks).toEqual(
        Object.fromEntries(CLEVR_SUBTASKS.map((subtask) => [subtask, 1148])),
      );
      // the metadata at hand are a sample without this kind
      expect(listings.get('svo_obj')).toMatchObject({
        runnable: false,
        examples: 0,
        reason: 'svo/svo.json holds no example of neg_type obj.',
      });
      const absent: TaskName[] = ['vg_relation', 'vg_attribution', 'coco_order', 'flickr30k_order', 'genderbias'];
      for (const task of absent)
        expect(listings.get(task)!.reason).toBe(
          `${task}/ is not a folder of the data root: put the official files there.`,
        );

      const load = async (task: TaskName) => {
        const data = await loadTask(root, task);
        expect(new Set(data.examples.map(({ id }) => id)).size).toBe(data.examples.length);
        return data;
      };
      const editions = await listTasks(root, { editions: EDITIONS });
      const judged = editions.flatMap(({ task, data }) => (data ? [[task, editionWords(data.edition)]] : []));
      expect(Object.fromEntries(judged)).toEqual({
        clevr: 'whole, official',
        winoground: 'whole, official',
        flickr30k_image: 'whole, official',
        flickr30k_text: 'whole, official',
        imagecode: 'whole, official',
        imagecode_video: 'whole, official',
        svo_verb: 'part, 1 of 36,841',
        svo_subj: 'part, 2 of 36,841',
        pets: 'part, 2 of 7,390',
        mmbias: 'part, 18 of 2,250',
      });
      const [published] = EDITIONS;
      const hashes = editions.flatMap(({ task, data }) =>
        Object.entries(published!.tasks[task]?.metadata ?? {}).map(([path, hash]) => ({ path, hash, data })),
      );
      for (const { path, hash, data } of each(hashes)) expect([path, data!.metadata[path]]).toEqual([path, hash]);

      const bias = await load('mmbias');
      expect(bias.pleasant).toBe(60);
      for (const { texts } of each(bias.examples)) expect(texts).toHaveLength(120);
      expect(summarise(bias, []).metrics).toHaveLength(20);

      const scenes = await load('clevr');
      expect(scenes.examples[0]).toMatchObject({
        id: 'pair_binding_size/CLEVR_val2_000138.png/0',
        texts: ['A small cylinder and a large sphere.', 'A large cylinder and a small sphere.'],
      });
      const perImage = new Map<string, number>();
      for (const { cluster } of scenes.examples) perImage.set(cluster, (perImage.get(cluster) ?? 0) + 1);
      expect(new Set(perImage.values())).toEqual(new Set([14]));

      const captions = await load('flickr30k_image');
      // one question an image: no two share a cluster
      expect(new Set(captions.examples.map(({ cluster }) => cluster)).size).toBe(1014);
      const photographs = await load('flickr30k_text');
      expect(captions.examples[0]!.images[0]).toEqual(photographs.examples[0]!.images[0]);
      expect(photographs.examples[0]!.texts).toContain(captions.examples[0]!.texts[0]);

      const sets = await load('imagecode');
      expect(sets.examples.slice(0, 3).map(({ right }) => right)).toEqual([3, 5, 7]);
      expect(new Set(sets.examples.map(({ cluster }) => cluster)).size).toBe(155);
      for (const { images, right } of each(sets.examples))
        expect(images[right!]!.path.endsWith(`/img${right}.jpg`)).toBe(true);

      const pets = await load('pets');
      expect(pets.examples.map(({ texts, right }) => [texts.length, texts[right!]])).toEqual([
        [37, 'a photo of a abyssinian'],
        [37, 'a photo of a yorkshire terrier'],
      ]);

      // the masks of the set alone, by the same names
      const masks = await folderOf({ 'pets/images/Abyssinian_1.png': 'x' });
      await symlink(join(official!, 'pets/classes.txt'), join(masks, 'pets/classes.txt'));
      await expect(loadTask(masks, 'pets')).rejects.toThrow(
        'in the official set the pets are .jpg, and .png are their masks',
      );

      const pairs = await load('winoground');
      expect(each(pairs.examples).every(({ tags }) => tags!.length >= 2)).toBe(true);
      // one byte of one of 800 images is another data set
      await writeFiles(root, { 'winoground/images/ex_399_img_1.png': `${PIXEL}.` });
      expect((await loadTask(root, 'winoground')).dataVersion).not.toBe(pairs.dataVersion);
    });
  },
);
