import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import type { Files } from '../../../test/support/folder.ts';
import { fullTree } from '../../../test/support/official-tree.ts';
import { moved, reason } from '../../../test/support/task-listing.ts';
import type { TaskName } from '../task.ts';

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
const prepare = (tasks: string) => `run \`npx gdbench data prepare ROOT --into ROOT-prepared --task ${tasks}\``;

describe('what lies there instead', () => {
  const rows = fullTree()['winoground/data.json'] as object[];
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const within = (from: string, to: string) => (path: string) => path.replace(from, to);
  const flickr = (path: string) =>
    path.includes('/images/') ? path.replace('/images/', '/flickr30k_images/flickr30k_images/') : path;
  const isImage = (path: string) => path.includes('/images/');
  const vg = 'visual_genome_relation.json';
  const relations = fullTree()[`vg_relation/${vg}`] as object[];

  it.each<[string, TaskName, Files, string[]]>([
    [
      'JSON lines, as Hugging Face gives them',
      'winoground',
      moved('winoground', (path) => (isImage(path) ? path : null), { 'winoground/examples.jsonl': lines }),
      ['winoground/data.json is missing', 'winoground/examples.jsonl is there', prepare('winoground')],
    ],
    [
      'JSON lines under the official name',
      'winoground',
      moved('winoground', (path) => path, { 'winoground/data.json': lines }),
      ['winoground/data.json holds JSON lines', prepare('winoground')],
    ],
    [
      'a Parquet table',
      'winoground',
      { 'winoground/data/test-00000-of-00001.parquet': 'PAR1' },
      ['winoground/data/test-00000-of-00001.parquet is there, a Parquet table', prepare('winoground')],
    ],
    [
      'the cache of Hugging Face',
      'winoground',
      { 'hub/datasets--facebook--winoground/snapshots/1a/data/examples.jsonl': lines },
      ['data/examples.jsonl is there, an object a line', prepare('winoground')],
    ],
    [
      'an archive that is not read in place',
      'winoground',
      moved('winoground', (path) => (isImage(path) ? null : path), { 'winoground/images.tar.bz2': 'BZh' }),
      ['winoground/images.tar.bz2 lies there and is not unpacked; unpack it, and run', prepare('winoground')],
    ],
    [
      'names whose accents are kept in another way',
      'vg_relation',
      {
        [`vg_relation/${vg}`]: [{ ...relations[0], image_path: 'caf\u00e9.jpg' }],
        'vg_relation/images/cafe\u0301.jpg': 'x',
      },
      ['1 of them lies in vg_relation/images/ with accents that are kept in another way', prepare('vg_relation')],
    ],
    [
      'a zip that is not unpacked',
      'winoground',
      moved('winoground', (path) => (isImage(path) ? null : path), { 'winoground/images.zip': 'PK\x03\x04' }),
      ['has 4 missing of 4 images', 'winoground/images.zip lies there and is not unpacked', prepare('winoground')],
    ],
    [
      'images one folder deeper',
      'winoground',
      moved('winoground', within('/images/', '/images/images/')),
      ['4 of them lie in winoground/images/images/, one folder deeper', prepare('winoground')],
    ],
    [
      'images of another letter case',
      'winoground',
      moved('winoground', (path) => path.replace('/ex_', '/EX_')),
      ['4 of them lie in winoground/images/ in another letter case', prepare('winoground')],
    ],
    [
      'images of another ending',
      'winoground',
      moved('winoground', within('.png', '.jpg')),
      ['4 of them lie in winoground/images/ under another ending', prepare('winoground')],
    ],
    [
      'CLEVR one folder deeper',
      'clevr',
      moved('clevr', within('/images/', '/images/images/')),
      ['2 of them lie in clevr/images/images/', prepare('clevr')],
    ],
    [
      'NaN',
      'winoground',
      moved('winoground', (path) => path, {
        'winoground/data.json': JSON.stringify(rows).replaceAll(/"secondary_tag":"[^"]*"/g, '"secondary_tag": NaN'),
      }),
      [
        'holds NaN, which JSON does not have, in row 0 (from 0), secondary_tag, and in 1 more place',
        prepare('winoground'),
      ],
    ],
    [
      'a folder of another letter case',
      'winoground',
      moved('winoground', within('winoground/', 'Winoground/')),
      ['winoground/ is not a folder of the data root: it is there as Winoground/', prepare('winoground')],
    ],
    [
      'the repository instead of its data',
      'clevr',
      moved('clevr', (path) => `data/${path}`),
      ['it is there as data/clevr/; give the folder data/ instead: `npx gdbench data verify ROOT/data`'],
    ],
    [
      'the folder of the set instead of the root',
      'imagecode',
      moved('imagecode', within('imagecode/', '')),
      ['valid_data.json lies at the top of the data root', prepare('imagecode,imagecode_video')],
    ],
    [
      'ARO flat, as its code leaves it',
      'vg_relation',
      moved('vg_relation', within('vg_relation/', '')),
      [`${vg} lies at the top of the data root`, prepare('vg_relation')],
    ],
    [
      'absolute paths',
      'vg_relation',
      moved('vg_relation', (path) => path, {
        [`vg_relation/${vg}`]: [{ ...(fullTree()[`vg_relation/${vg}`] as object[])[0], image_path: '/home/me/1.jpg' }],
      }),
      ['names the image "/home/me/1.jpg"', prepare('vg_relation')],
    ],
    [
      'the rows of the other set of Visual Genome',
      'vg_relation',
      moved('vg_relation', (path) => path, {
        [`vg_relation/${vg}`]: fullTree()['vg_attribution/visual_genome_attribution.json'],
      }),
      ['at 0, relation_name: a text is expected, and nothing found', 'it holds the rows of vg_attribution'],
    ],
    [
      'captions whose orders are not drawn',
      'coco_order',
      { 'coco_order/coco_karpathy_test.json': [], 'coco_order/val2014/1.jpg': 'x' },
      ['coco_order/coco_karpathy_test.json is there, whose captions have no other orders yet', prepare('coco_order')],
    ],
    [
      'the same under the official name',
      'coco_order',
      { 'coco_order/coco_order.json': [{ image: 'val2014/1.jpg', caption: ['a dog'] }] },
      ['it holds captions whose other orders are not drawn yet', prepare('coco_order')],
    ],
    [
      'the table of addresses of SVO',
      'svo_subj',
      { 'svo/svo_probes.csv': 'sentence,pos_triplet\n' },
      ['svo/svo_probes.csv is there, of which svo.json is made', prepare('svo_verb,svo_subj,svo_obj')],
    ],
    [
      'the simple set of ImageCoDe',
      'imagecode',
      { 'imagecode/valid_data.json': [{ directory: 'open-images-1_a', pos_idx: 5, neg_idx: 3, caption: 'darker' }] },
      ['an object is expected, and a list of 1 found: it is the simple set of ImageCoDe', 'put valid_data.json of'],
    ],
    [
      'the test set of ImageCoDe',
      'imagecode_video',
      { 'imagecode/valid_data.json': { MSR: ['a hand', 'a foot'] } },
      ['at MSR: an object is expected, and a list of 2 found: it is a set without answers', 'put valid_data.json of'],
    ],
    [
      'zips of MMBias',
      'mmbias',
      {
        'mmbias/textual_phrases.txt': fullTree()['mmbias/textual_phrases.txt'],
        'mmbias/data/Images/Religion.zip': 'PK',
        'mmbias/data/Images/Nationality.zip': 'PK',
      },
      [
        'mmbias/data/Images/Nationality.zip, mmbias/data/Images/Religion.zip lie there and are not unpacked',
        prepare('mmbias'),
      ],
    ],
    [
      'phrases where their authors keep them',
      'mmbias',
      moved('mmbias', within('mmbias/textual', 'mmbias/data/textual')),
      ['it is there as mmbias/data/textual_phrases.txt', prepare('mmbias')],
    ],
    [
      'the layout of Kaggle',
      'flickr30k_text',
      moved('flickr30k_text', flickr, { 'flickr30k/flickr30k_images/results.csv': 'image_name| comment' }),
      ['2 of them lie in flickr30k/flickr30k_images/flickr30k_images/', prepare('flickr30k_image,flickr30k_text')],
    ],
    [
      'that layout beside the folder of the set',
      'flickr30k_text',
      moved('flickr30k_text', (path) => flickr(path).replace('flickr30k/flickr30k_images', 'archive/flickr30k_images')),
      ['2 of them lie in archive/flickr30k_images/flickr30k_images/'],
    ],
    [
      'pets one folder deeper',
      'pets',
      moved('pets', within('/images/', '/images/images/')),
      ['pets/images holds no images: images lie in pets/images/images/', prepare('pets')],
    ],
    [
      'groups of MMBias in another place',
      'mmbias',
      moved('mmbias', within('mmbias/data/', 'mmbias/')),
      ['holds no two groups to compare: images lie in mmbias/Images/Religion/Muslim/ and 2 other folders'],
    ],
    ['a Git LFS pointer', 'svo_verb', { 'svo/svo.json': LFS }, ['svo/svo.json is a Git LFS pointer', '`git lfs pull`']],
    [
      'a web page',
      'clevr',
      moved('clevr', (path) => path, { 'clevr/captions/spatial.json': '<!DOCTYPE html><html></html>' }),
      ['clevr/captions/spatial.json is a web page (HTML), where text is expected: replace it by the official file'],
    ],
    [
      'a download that was cut short',
      'clevr',
      moved('clevr', (path) => path, { 'clevr/captions/spatial.json': '{"a.png": [["a right caption", "a wrong ca' }),
      ['clevr/captions/spatial.json is cut short: its JSON ends in the middle'],
    ],
    [
      'a box without width',
      'vg_relation',
      moved('vg_relation', (path) => path, {
        [`vg_relation/${vg}`]: [relations[0], { ...relations[0], bbox_w: 0 }],
      }),
      [
        'does not have the official form at 1, bbox_w: a number above 0 is expected, and 0 found: ',
        `1 of its 2 rows cannot be asked; leave it out: ${prepare('vg_relation')}`,
      ],
    ],
    [
      'boxes without a number',
      'vg_relation',
      moved('vg_relation', (path) => path, {
        [`vg_relation/${vg}`]: JSON.stringify([relations[0], { ...relations[0], bbox_w: 'NaN' }]).replace(
          '"NaN"',
          'NaN',
        ),
      }),
      ['holds NaN, which JSON does not have, in row 1 (from 0), bbox_w: ', `leave it out: ${prepare('vg_relation')}`],
    ],
    [
      'nothing but rows that cannot be asked',
      'vg_relation',
      moved('vg_relation', (path) => path, { [`vg_relation/${vg}`]: [{ ...relations[0], bbox_h: -1 }] }),
      ['at 0, bbox_h: a number above 0 is expected, and -1 found: replace it by the official file.'],
    ],
    [
      'null in place of an empty tag',
      'winoground',
      moved('winoground', (path) => path, { 'winoground/data.json': rows.map((row) => ({ ...row, tag: null })) }),
      ['at 0, tag: a text is expected, and null found: it holds no text where a tag is empty', prepare('winoground')],
    ],
    [
      'NaN in place of a caption',
      'winoground',
      moved('winoground', (path) => path, {
        'winoground/data.json': JSON.stringify(rows).replace(/"caption_0":"[^"]*"/, '"caption_0": NaN'),
      }),
      ['holds NaN, which JSON does not have, in row 0 (from 0), caption_0: replace it by the official file.'],
    ],
    [
      'a row twice',
      'winoground',
      moved('winoground', (path) => path, { 'winoground/data.json': [...rows, rows[0]] }),
      ['twice: run', prepare('winoground')],
    ],
    [
      'two rows of one id',
      'winoground',
      moved('winoground', (path) => path, { 'winoground/data.json': [...rows, { ...rows[0], caption_0: 'other' }] }),
      ['twice: replace it by the official file.'],
    ],
    [
      'absolute paths of the orders of COCO',
      'coco_order',
      moved('coco_order', (path) => path, {
        'coco_order/coco_order.json': [{ image: '/home/me/coco/val2014/1.jpg', caption_options: [...'abcde'] }],
      }),
      ['names the image "/home/me/coco/val2014/1.jpg"', prepare('coco_order')],
    ],
    [
      'a path that leads out',
      'coco_order',
      moved('coco_order', (path) => path, {
        'coco_order/coco_order.json': [{ image: '../1.jpg', caption_options: [...'abcde'] }],
      }),
      ['names the image "../1.jpg"', 'replace it by the official file'],
    ],
    [
      'an answer of the data viewer',
      'winoground',
      moved('winoground', (path) => path, { 'winoground/data.json': { features: [], rows: [] } }),
      ['it is an answer of the data viewer of Hugging Face; replace it by the official file.'],
    ],
    [
      'images that could not all be fetched',
      'svo_subj',
      moved('svo_subj', (path) => (path.endsWith('/4.jpg') ? null : path)),
      ['svo/images/4.jpg is missing', `leave their rows out: ${prepare('svo_verb,svo_subj,svo_obj')}`],
    ],
    ['nothing', 'imagecode', {}, ['imagecode/ is not a folder of the data root: put the official files there.']],
  ])('%s (%s)', async (_what, task, tree, words) => {
    const sentence = await reason(tree, task);
    for (const part of each(words)) expect(sentence).toContain(part);
    expect(sentence).not.toMatch(/Invalid|expected record|received|Too small/);
  });
});
