import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf, writeFiles } from '../../../test/support/folder.ts';
import { fullTree, numbered, rootWith } from '../../../test/support/official-tree.ts';
import { TASK_NAMES, type TaskName } from '../task.ts';
import { DataError, listTasks, loadTask } from './load.ts';
import { READERS } from './readers.ts';

const flickr = (i: number) => `flickr30k/images/${i}.jpg`;

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

  it.each<[string, TaskName, Files, string | RegExp]>([
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
      'imagecode/image-sets/MSR-VTT_b holds 11 images (img<n>.jpg), where a set has ten: leave there the ten of image-sets.zip',
    ],
    [
      'a box without width',
      'vg_relation',
      rows(vg, { bbox_w: 0 }),
      `${vg} does not have the official form at 0, bbox_w`,
    ],
    [
      'a box below a pixel',
      'vg_relation',
      rows(vg, { bbox_h: 0.2 }),
      `${vg} does not have the official form at 0, bbox_h: a box of at least a pixel is expected, and 0.2 found: `,
    ],
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
    [
      'one folder and two',
      'genderbias',
      { 'genderbias/suit-images/1.jpg': 'x' },
      'genderbias/clothes-images stands beside suit-images, which is for the same images: keep either it or suit-images and apron-images.',
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
    const root = await folderOf(fullTree());
    const files = Object.entries(fullTree()).filter(([path]) => path.endsWith('.json'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.jsonValue(), async ([path, content], seed, junk) => {
        await writeFiles(root, { [path]: mutated(content, seed, junk) });
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
        await writeFiles(root, { [path]: content });
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
