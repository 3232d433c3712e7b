import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, type Example, TASK_NAMES, type TaskName } from '../task.ts';
import { DataError, listTasks, loadTask } from './load.ts';
import { READERS } from './readers.ts';
import { addFiles, fullTree, numbered, type Tree, treeOf, writeTree } from './test-tree.ts';

/** A root of one task, changed: null takes a file away. */
async function rootWith(task: TaskName, changes: Tree = {}): Promise<string> {
  const tree = { ...treeOf(task), ...changes };
  return writeTree(Object.fromEntries(Object.entries(tree).filter(([, content]) => content !== null)));
}

/** The examples of a task with their images relative to the root. */
async function examplesOf(task: TaskName, changes: Tree = {}): Promise<Example[]> {
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

  it('a limit counts each group of bias and subtask of clevr, and otherwise all examples', async () => {
    const root = await writeTree(fullTree());
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

describe('metadata that are not the official ones', () => {
  const first = (path: string) => (fullTree()[path] as object[])[0]!;
  const vg = 'vg_relation/visual_genome_relation.json';
  const attribution = 'vg_attribution/visual_genome_attribution.json';
  const order = 'coco_order/coco_order.json';
  const lists = 'flickr30k/val_top10_RN50x64.json';
  const textLists = 'flickr30k/val_top10_RN50x64_text.json';
  const sets = 'imagecode/valid_data.json';
  const svo = 'svo/svo.json';
  const rows = (path: string, change: object) => ({ [path]: [{ ...first(path), ...change }] });
  const tenth = 'imagecode/image-sets/MSR-VTT_b/img10.jpg';

  it.each<[string, TaskName, Tree, string | RegExp]>([
    [
      'nine images',
      'flickr30k_image',
      { [lists]: { a: numbered(9, flickr) } },
      `${lists} does not have the official form at a`,
    ],
    [
      'eleven captions',
      'flickr30k_text',
      { [textLists]: { [flickr(0)]: numbered(11, String) } },
      `${textLists} does not have the official form at`,
    ],
    ['no captions', 'flickr30k_image', { [lists]: {} }, `${lists} holds no captions.`],
    [
      'a path out of the root',
      'flickr30k_image',
      { [lists]: { a: numbered(10, () => 'datasets/../../etc/passwd') } },
      'names the image "../../etc/passwd", which is not a plain path below the data root',
    ],
    [
      'an absolute path',
      'flickr30k_text',
      { [textLists]: { '/etc/passwd': numbered(10, String) } },
      'names the image "/etc/passwd"',
    ],
    [
      'a path of a caption that is not asked',
      'flickr30k_image',
      { [lists]: { a: numbered(10, flickr), b: numbered(10, () => '..') } },
      'names the image ".."',
    ],
    [
      'an image twice',
      'flickr30k_text',
      { [textLists]: { [flickr(0)]: numbered(10, String), [`datasets/${flickr(0)}`]: numbered(10, String) } },
      'names the image flickr30k/images/0.jpg twice',
    ],
    [
      'an endless caption',
      'flickr30k_image',
      { [lists]: { ['x'.repeat(10_001)]: numbered(10, flickr) } },
      /^flickr30k\/val_top10_RN50x64\.json does not have the official form at x{200}…: .{1,200}\.$/,
    ],
    [
      'an unknown kind',
      'svo_verb',
      rows(svo, { neg_type: 'adverb' }),
      `${svo} does not have the official form at 0, neg_type`,
    ],
    ['a path as an id', 'svo_subj', rows(svo, { neg_id: '../images/1.jpg' }), 'names the image "../images/1.jpg"'],
    [
      'an index of two digits',
      'imagecode',
      { [sets]: { 'open-images-1_a': { 10: 'a' } } },
      `${sets} does not have the official form at open-images-1_a`,
    ],
    [
      'a set that is a path',
      'imagecode',
      { [sets]: { 'open-images/../x': { 1: 'a' } } },
      'names the image "open-images/../x"',
    ],
    [
      'a set that is a folder of folders',
      'imagecode',
      { [sets]: { 'open-images/x': { 1: 'a' } } },
      'names the set open-images/x, which is not the name of a folder',
    ],
    ['no static sets', 'imagecode', { [sets]: { MSR: { 1: 'a' } } }, `${sets} holds no texts of this task.`],
    [
      'eleven images in a set',
      'imagecode_video',
      { [tenth]: 'x' },
      'imagecode/image-sets/MSR-VTT_b holds 11 images (img<n>.jpg): a set has ten.',
    ],
    [
      'a box without width',
      'vg_relation',
      rows(vg, { bbox_w: 0 }),
      `${vg} does not have the official form at 0, bbox_w`,
    ],
    ['a box below a pixel', 'vg_relation', rows(vg, { bbox_h: 0.2 }), `${vg} holds a box without a pixel at 0.`],
    [
      'an endless box',
      'vg_attribution',
      rows(attribution, { bbox_h: 1e9 }),
      `${attribution} does not have the official form at 0, bbox_h`,
    ],
    [
      'a box far out',
      'vg_attribution',
      rows(attribution, { bbox_x: -1e300 }),
      `${attribution} does not have the official form at 0, bbox_x`,
    ],
    ['a box that is text', 'vg_relation', rows(vg, { bbox_x: '10' }), 'does not have the official form at 0, bbox_x'],
    [
      'no relation',
      'vg_relation',
      rows(vg, { relation_name: undefined }),
      'does not have the official form at 0, relation_name',
    ],
    [
      'three attributes',
      'vg_attribution',
      rows(attribution, { attributes: ['a', 'b', 'c'] }),
      'does not have the official form at 0, attributes',
    ],
    [
      'an image elsewhere',
      'vg_relation',
      rows(vg, { image_path: 'a/../../1.jpg' }),
      'names the image "a/../../1.jpg", which is not a plain path below vg_relation/images',
    ],
    [
      'four captions',
      'coco_order',
      rows(order, { caption_options: ['a', 'b', 'c', 'd'] }),
      `${order} does not have the official form at 0, caption_options`,
    ],
    ['an image with a line break', 'coco_order', rows(order, { image: 'a\n.jpg' }), 'names the image "a\\n.jpg"'],
    [
      'no rows',
      'flickr30k_order',
      { 'flickr30k_order/flickr30k_order.json': [] },
      'flickr30k_order/flickr30k_order.json holds no examples.',
    ],
    [
      'a class that is not listed',
      'pets',
      { 'pets/images/Tabby_1.jpg': 'x' },
      'pets/images/Tabby_1.jpg is of the class "tabby", which pets/classes.txt does not list.',
    ],
    [
      'a file without a class',
      'pets',
      { 'pets/images/holiday.jpg': 'x' },
      'pets/images/holiday.jpg is not named <Class_Name>_<n>.jpg',
    ],
    ['a class twice', 'pets', { 'pets/classes.txt': 'pug\nPug\n' }, 'pets/classes.txt holds the class Pug twice.'],
    ['one class', 'pets', { 'pets/classes.txt': 'pug\n\n' }, 'pets/classes.txt holds 1 classes'],
    [
      'no pets',
      'pets',
      Object.fromEntries(
        ['Great_Pyrenees_10', 'Great_Pyrenees_2', 'pug_3'].map((name) => [`pets/images/${name}.jpg`, null]),
      ),
      'pets/images holds no images',
    ],
    [
      'a name that is no number',
      'genderbias',
      { 'genderbias/bags-images/a.jpg': 'x' },
      'genderbias/bags-images/a.jpg is not named <n>.jpg',
    ],
    [
      'no women',
      'genderbias',
      { 'genderbias/drinks-images/7.jpg': null, 'genderbias/drinks-images/12.jpg': null },
      'genderbias/drinks-images holds no image <n>.jpg with n from 7 on (female).',
    ],
  ])('%s (%s)', async (_what, task, changes, sentence) => {
    const root = await rootWith(task, changes);
    const error = await loadTask(root, task).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(sentence instanceof RegExp ? sentence : literally(sentence));
    expect(error.message).not.toContain(root);
    expect((await listTasks(root)).find((one) => one.task === task)).toMatchObject({
      runnable: false,
      reason: error.message,
    });
  });

  it('of any kind never get past a DataError, nor an image out of the root', async () => {
    const root = await writeTree(fullTree());
    const files = Object.entries(fullTree()).filter(([path]) => path.endsWith('.json'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.jsonValue(), async ([path, content], seed, junk) => {
        await addFiles(root, { [path]: mutated(content, seed, junk) });
        for (const task of TASK_NAMES) {
          if (!path.startsWith(`${READERS[task].folder}/`)) continue;
          try {
            for (const { images: shown } of (await loadTask(root, task)).examples)
              for (const image of shown) expect(image.path.startsWith(join(root, '/'))).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
            expect((error as Error).message.split('\n')).toHaveLength(1);
          }
        }
        await addFiles(root, { [path]: content });
      }),
      { numRuns: 80 },
    );
  });
});

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** The value with one of its parts replaced by junk. */
function mutated(value: unknown, seed: number, junk: unknown): unknown {
  if (typeof value !== 'object' || value === null || seed % 4 === 0) return junk;
  const keys = Object.keys(value);
  const key = keys[(seed >> 2) % keys.length]!;
  const part = mutated(value[key as keyof typeof value], seed >> 4, junk);
  return Array.isArray(value) ? value.with(Number(key), part) : { ...value, [key]: part };
}
