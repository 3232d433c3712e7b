import { READERS } from '../../packages/benchmark/load/readers.ts';
import type { TaskName } from '../../packages/benchmark/task.ts';
import { CLEVR_SUBTASKS } from '../../packages/benchmark/tasks/tasks.ts';
import { type Files, folderOf } from './folder.ts';

/** Loaders never decode an image: any bytes do. */
const image = (name: string) => `pixels of ${name}`;

/** A small root of three tasks: clevr 2 images by 2 captions, winoground 2 examples, mmbias 3 groups. */
export function smallTree(): Files {
  const pairs = (name: string) => [
    [`right ${name} 0`, `wrong ${name} 0`],
    [`right ${name} 1`, `wrong ${name} 1`],
  ];
  const captions = CLEVR_SUBTASKS.map((subtask) => [
    `clevr/captions/${subtask}.json`,
    { 'z.png': pairs(`${subtask} z`), 'a.png': pairs(`${subtask} a`) },
  ]);
  const row = (id: number, tag: string, secondary_tag: string, collapsed_tag: string) => ({
    id,
    caption_0: `${id} first`,
    caption_1: `${id} second`,
    tag,
    secondary_tag,
    num_main_preds: 1,
    collapsed_tag,
  });
  const images = [
    'clevr/images/z.png',
    'clevr/images/a.png',
    ...[7, 3].flatMap((id) => [0, 1].map((i) => `winoground/images/ex_${id}_img_${i}.png`)),
    ...['Religion/Muslim/2.jpg', 'Religion/Muslim/10.jpg', 'Religion/Buddhist/1.jpg', 'Religion A/Other/1.PNG'].map(
      (path) => `mmbias/data/Images/${path}`,
    ),
  ];
  return {
    ...Object.fromEntries(captions),
    'winoground/data.json': [row(7, 'Noun', '', 'Object'), row(3, 'Scope', 'Series', 'Relation')],
    'mmbias/textual_phrases.txt': { unpleasant_phrases: ['fear', 'hate', 'grief'], pleasant_phrases: ['joy', 'love'] },
    ...Object.fromEntries(images.map((path) => [path, image(path)])),
  };
}

/** n names: "a 0", "a 1", ... */
export const numbered = (n: number, name: (i: number) => string) => Array.from({ length: n }, (_, i) => name(i));

/** A small root of all sixteen tasks: those of `smallTree` and, of the others, one to four examples each. */
export function fullTree(): Files {
  const flickr = (i: number) => `datasets/flickr30k/images/${i}.jpg`;
  const row = (neg_type: string, pos: number, neg: number) => ({
    pos_id: `${pos}.jpg`,
    neg_id: `${neg}.jpg`,
    sentence: `sentence of ${pos} and ${neg}`,
    pos_triplet: 'a,b,c',
    neg_type,
  });
  const box = (image_path: string, x: number) => ({
    image_id: 1,
    image_path,
    bbox_x: x,
    bbox_y: 2,
    bbox_w: 30,
    bbox_h: 40,
    true_caption: `the horse eats the grass ${x}`,
    false_caption: `the grass eats the horse ${x}`,
  });
  const orders = (image: string) => ({ image, caption_options: numbered(5, (i) => `order ${i} of ${image}`) });
  const images = [
    ...numbered(12, (i) => `flickr30k/images/${i}.jpg`),
    ...[0, 1, 2, 3, 4].map((i) => `svo/images/${i}.jpg`),
    ...['open-images-1_a', 'MSR-VTT_b'].flatMap((set) =>
      numbered(10, (i) => `imagecode/image-sets/${set}/img${i}.jpg`),
    ),
    'vg_relation/images/1.jpg',
    'vg_relation/images/2.jpg',
    'vg_attribution/images/1.jpg',
    'coco_order/images/a.jpg',
    'flickr30k_order/flickr30k-images/b.jpg',
    ...['Great_Pyrenees_10.jpg', 'Great_Pyrenees_2.jpg', 'pug_3.jpg'].map((name) => `pets/images/${name}`),
    ...['clothes', 'bags', 'drinks'].flatMap((object) =>
      [1, 6, 7, 12].map((n) => `genderbias/${object}-images/${n}.jpg`),
    ),
  ];
  return {
    ...smallTree(),
    // the first and the sixth caption ask; the others are the further captions of the first image
    'flickr30k/val_top10_RN50x64.json': Object.fromEntries([
      ...[0, 1, 2, 3, 4].map((i) => [`caption ${i} of 0`, numbered(10, flickr)]),
      ['caption 0 of 11', numbered(10, (i) => flickr(11 - i))],
    ]),
    'flickr30k/val_top10_RN50x64_text.json': {
      [flickr(3)]: numbered(10, (i) => `text ${i} of 3`),
      [flickr(1)]: numbered(10, (i) => `text ${i} of 1`),
    },
    'imagecode/valid_data.json': {
      'open-images-1_a': { 7: 'the seventh', 2: 'the second' },
      'MSR-VTT_b': { 0: 'the frame' },
    },
    'svo/svo.json': [row('subj', 0, 1), row('verb', 2, 3), row('subj', 0, 4), row('obj', 3, 1)],
    'vg_relation/visual_genome_relation.json': [
      { ...box('1.jpg', 10), relation_name: 'eating' },
      { ...box('2.jpg', -4), relation_name: 'on' },
      { ...box('1.jpg', 11), relation_name: 'eating' },
    ],
    'vg_attribution/visual_genome_attribution.json': [{ ...box('1.jpg', 10), attributes: ['white', 'open'] }],
    'coco_order/coco_order.json': [orders('images/a.jpg')],
    'flickr30k_order/flickr30k_order.json': [orders('flickr30k-images/b.jpg'), orders('flickr30k-images/b.jpg')],
    'pets/classes.txt': 'pug\r\nGreat Pyrenees\nbombay\n',
    ...Object.fromEntries(images.map((path) => [path, image(path)])),
  };
}

/** The part of `fullTree` that a task reads. */
export function treeOf(task: TaskName): Files {
  const folder = `${READERS[task].folder}/`;
  return Object.fromEntries(Object.entries(fullTree()).filter(([path]) => path.startsWith(folder)));
}

/** A root of one task, changed: null takes a file away. */
export async function rootWith(task: TaskName, changes: Files = {}): Promise<string> {
  const tree = { ...treeOf(task), ...changes };
  return folderOf(Object.fromEntries(Object.entries(tree).filter(([, content]) => content !== null)));
}
