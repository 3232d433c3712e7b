import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf } from '../../../test/support/folder.ts';
import { fullTree, numbered, rootWith } from '../../../test/support/official-tree.ts';
import { type Box, type Example, TASK_NAMES, type TaskName } from '../task.ts';
import { listTasks, loadTask } from './load.ts';

/** The examples of a task with their images relative to the root. */
async function examplesOf(task: TaskName, changes: Files = {}): Promise<Example[]> {
  const root = await rootWith(task, changes);
  const { examples } = await loadTask(root, task);
  return examples.map((example) => ({
    ...example,
    images: example.images.map((image) => ({ ...image, path: image.path.slice(join(root, '/').length) })),
  }));
}

const images = (n: number, name: (i: number) => string) => numbered(n, name).map((path) => ({ path }));
const flickr = (i: number) => `flickr30k/images/${i}.jpg`;

describe('readers', () => {
  it('flickr30k_image: every fifth caption against its images, below the root without datasets/', async () => {
    expect(await examplesOf('flickr30k_image')).toEqual([
      {
        index: 0,
        id: 'flickr30k/images/0.jpg/0',
        texts: ['caption 0 of 0'],
        images: images(10, flickr),
        cluster: 'flickr30k/images/0.jpg',
      },
      {
        index: 1,
        id: 'flickr30k/images/11.jpg/5',
        texts: ['caption 0 of 11'],
        images: images(10, (i) => flickr(11 - i)),
        cluster: 'flickr30k/images/11.jpg',
      },
    ]);
  });

  it('flickr30k_text: every image against its captions', async () => {
    expect(await examplesOf('flickr30k_text')).toEqual(
      [3, 1].map((image, index) => ({
        index,
        id: flickr(image),
        texts: numbered(10, (i) => `text ${i} of ${image}`),
        images: [{ path: flickr(image) }],
        cluster: flickr(image),
      })),
    );
  });

  it('svo: the rows of each kind, the right image first, by the image that is described', async () => {
    const sentence = (place: number, index: number, pos: number, neg: number) => ({
      index,
      id: `${pos}.jpg/${place}`,
      texts: [`sentence of ${pos} and ${neg}`],
      images: [{ path: `svo/images/${pos}.jpg` }, { path: `svo/images/${neg}.jpg` }],
      cluster: `${pos}.jpg`,
    });
    expect(await examplesOf('svo_subj')).toEqual([sentence(0, 0, 0, 1), sentence(2, 1, 0, 4)]);
    expect(await examplesOf('svo_verb')).toEqual([sentence(1, 0, 2, 3)]);
    expect(await examplesOf('svo_obj')).toEqual([sentence(3, 0, 3, 1)]);
  });

  it('svo: a kind without rows cannot run, and says why', async () => {
    const root = await rootWith('svo_verb', {
      'svo/svo.json': [{ pos_id: '0.jpg', neg_id: '1.jpg', sentence: 'a', neg_type: 'verb' }],
    });
    const listed = new Map((await listTasks(root)).map((one) => [one.task, one]));
    expect(listed.get('svo_verb')).toMatchObject({ runnable: true, examples: 1 });
    for (const kind of ['subj', 'obj'] as const)
      expect(listed.get(`svo_${kind}`)).toMatchObject({
        runnable: false,
        examples: 0,
        reason: `svo/svo.json holds no example of neg_type ${kind}.`,
      });
  });

  it('imagecode and imagecode_video: sets apart by name, texts by index, which is the right place', async () => {
    const set = (name: string) => images(10, (i) => `imagecode/image-sets/${name}/img${i}.jpg`);
    expect(await examplesOf('imagecode')).toEqual(
      [
        [2, 'the second'],
        [7, 'the seventh'],
      ].map(([right, text], index) => ({
        index,
        id: `open-images-1_a/${right}`,
        texts: [text],
        images: set('open-images-1_a'),
        right,
        cluster: 'open-images-1_a',
      })),
    );
    expect(await examplesOf('imagecode_video')).toEqual([
      { index: 0, id: 'MSR-VTT_b/0', texts: ['the frame'], images: set('MSR-VTT_b'), right: 0, cluster: 'MSR-VTT_b' },
    ]);
  });

  it('imagecode: images in the order of their numbers, whatever these are, and nothing else of the folder', async () => {
    const folder = 'imagecode/image-sets/open-images-1_a';
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const changes = Object.fromEntries([
      [`${folder}/img0.jpg`, null],
      [`${folder}/img10.jpg`, 'x'],
      ...['img11.png', 'img01.jpg', 'notes.txt', 'img.jpg', 'xx5.jpg'].map((name) => [`${folder}/${name}`, 'x']),
    ]);
    const [first] = await examplesOf('imagecode', changes);
    expect(first!.images.map(({ path }) => path)).toEqual(numbers.map((n) => `${folder}/img${n}.jpg`));
  });

  it('imagecode: a set that lacks images is named with the official ten', async () => {
    const root = await rootWith('imagecode', { 'imagecode/image-sets/MSR-VTT_b/img4.jpg': null });
    const listed = (await listTasks(root)).find(({ task }) => task === 'imagecode_video')!;
    expect(listed).toMatchObject({ examples: 1, images: { named: 10, missing: 1 } });
    expect(listed.faulty.map(({ path }) => path)).toEqual(['imagecode/image-sets/MSR-VTT_b/img4.jpg']);
  });

  it('vg: the box, both captions, and what the macro mean is over', async () => {
    const example = (task: string, index: number, name: string, x: number, group: string) => ({
      index,
      id: `${name}/${index}`,
      texts: [`the horse eats the grass ${x}`, `the grass eats the horse ${x}`],
      images: [{ path: `${task}/images/${name}`, crop: { x, y: 2, width: 30, height: 40 } }],
      group,
      cluster: name,
    });
    expect(await examplesOf('vg_relation')).toEqual([
      example('vg_relation', 0, '1.jpg', 10, 'eating'),
      example('vg_relation', 1, '2.jpg', -4, 'on'),
      example('vg_relation', 2, '1.jpg', 11, 'eating'),
    ]);
    expect(await examplesOf('vg_attribution')).toEqual([example('vg_attribution', 0, '1.jpg', 10, 'white_open')]);
  });

  it('vg: edges between pixels are rounded as Pillow rounds them, which is half to even', async () => {
    const [row] = fullTree()['vg_relation/visual_genome_relation.json'] as object[];
    // by hand from Pillow's tuple(map(int, map(round, box)))
    const cases: [number[], Box][] = [
      [[0.5, 1.5, 10, 10], { x: 0, y: 2, width: 10, height: 10 }],
      [[2.5, 2.4, 10.2, 10.2], { x: 2, y: 2, width: 11, height: 11 }],
      [[-0.5, -1.5, 3, 3], { x: 0, y: -2, width: 2, height: 4 }],
    ];
    const path = 'vg_relation/visual_genome_relation.json';
    const rows = cases.map(([[bbox_x, bbox_y, bbox_w, bbox_h]]) => ({ ...row, bbox_x, bbox_y, bbox_w, bbox_h }));
    const examples = await examplesOf('vg_relation', {
      [path]: rows.map((one) => ({ ...one, relation_name: 'on' })),
    });
    expect(examples.map(({ images: [image] }) => image!.crop)).toEqual(cases.map(([, box]) => box));
  });

  it('orders: the true caption first of five, images below the folder of the task', async () => {
    expect(await examplesOf('coco_order')).toEqual([
      {
        index: 0,
        id: 'images/a.jpg/0',
        texts: numbered(5, (i) => `order ${i} of images/a.jpg`),
        images: [{ path: 'coco_order/images/a.jpg' }],
        cluster: 'images/a.jpg',
      },
    ]);
    const two = await examplesOf('flickr30k_order');
    expect(two.map(({ id, cluster }) => [id, cluster])).toEqual([
      ['flickr30k-images/b.jpg/0', 'flickr30k-images/b.jpg'],
      ['flickr30k-images/b.jpg/1', 'flickr30k-images/b.jpg'],
    ]);
  });

  it('pets: files by code point, the class from the name in lower case', async () => {
    const texts = ['a photo of a pug', 'a photo of a Great Pyrenees', 'a photo of a bombay'];
    expect(await examplesOf('pets', { 'pets/images/Bombay_1.mat': 'x', 'pets/images/.hidden_1.jpg': 'x' })).toEqual(
      [
        ['Great_Pyrenees_10.jpg', 1],
        ['Great_Pyrenees_2.jpg', 1],
        ['pug_3.jpg', 0],
      ].map(([file, right], index) => ({
        index,
        id: file,
        texts,
        images: [{ path: `pets/images/${file}` }],
        right,
        cluster: file,
      })),
    );
  });

  it('pets: a link to nowhere is an image that is missing, not an empty folder', async () => {
    const root = await rootWith('pets');
    await symlink(join(root, 'elsewhere.jpg'), join(root, 'pets/images/pug_4.jpg'));
    const pets = (await listTasks(root)).find(({ task }) => task === 'pets')!;
    expect(pets).toMatchObject({ examples: 4, images: { named: 4, missing: 1, unreadable: 0 } });
    expect((await loadTask(root, 'pets', { skipMissing: true })).examples).toHaveLength(3);
  });

  it('genderbias: numbers up to six are male, files by path in code-point order', async () => {
    const root = await rootWith('genderbias');
    const { examples, pleasant } = await loadTask(root, 'genderbias');
    expect(pleasant).toBe(1);
    const texts = { bags: ['briefcase', 'purse'], clothes: ['suit', 'apron'], drinks: ['beer', 'wine'] };
    const files = [
      ['1.jpg', 'male'],
      ['12.jpg', 'female'],
      ['6.jpg', 'male'],
      ['7.jpg', 'female'],
    ];
    expect(examples.map(({ id, texts, group }) => ({ id, texts, group }))).toEqual(
      Object.entries(texts).flatMap(([object, two]) =>
        files.map(([file, gender]) => ({ id: `${object}-images/${file}`, texts: two, group: `${object}/${gender}` })),
      ),
    );
    expect(examples[0]!.images).toEqual([{ path: join(root, 'genderbias/bags-images/1.jpg') }]);
  });

  it('genderbias: the images of both objects of a kind make one task', async () => {
    const objects = ['suit', 'apron', 'briefcase', 'purse', 'beer', 'wine'];
    const files = objects.flatMap((object) => [2, 9].map((n) => `${object}-images/${n}.jpg`));
    const root = await folderOf(Object.fromEntries(files.map((file) => [`genderbias/${file}`, file])));
    const { examples } = await loadTask(root, 'genderbias');
    const clothes = examples.filter(({ group }) => group!.startsWith('clothes/'));
    expect(clothes.map(({ id, group }) => [id, group])).toEqual([
      ['apron-images/2.jpg', 'clothes/male'],
      ['apron-images/9.jpg', 'clothes/female'],
      ['suit-images/2.jpg', 'clothes/male'],
      ['suit-images/9.jpg', 'clothes/female'],
    ]);
    expect(new Set(clothes.map(({ texts }) => texts.join(', ')))).toEqual(new Set(['suit, apron']));
    expect(examples).toHaveLength(files.length);
  });

  it('a limit counts each group of bias and subtask of clevr, and otherwise all examples', async () => {
    const root = await folderOf(fullTree());
    for (const task of TASK_NAMES) {
      const { examples } = await loadTask(root, task);
      const grouped = ['clevr', 'mmbias', 'genderbias'].includes(task);
      const groupOf = ({ group }: Example) => (grouped ? group : 'all');
      for (const limit of [1, 2]) {
        const first = examples.filter(
          (one, i) => examples.slice(0, i).filter((other) => groupOf(other) === groupOf(one)).length < limit,
        );
        const limited = (await loadTask(root, task, { limit })).examples;
        expect(limited).toEqual(first.map((one, index) => ({ ...one, index })));
      }
    }
  });
});
