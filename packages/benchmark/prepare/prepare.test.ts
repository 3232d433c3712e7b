import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf } from '../../../test/support/archive.ts';
import { writeFiles } from '../../../test/support/folder.ts';
import { given, pixels, preparedFrom, textsOf, versionsOf } from '../../../test/support/prepared-root.ts';

const row = (id: number) => ({ id, caption_0: 'a', caption_1: 'b', tag: '', secondary_tag: '', collapsed_tag: '' });
const images = (folder: string, ids: number[]) =>
  Object.fromEntries(
    ids.flatMap((id) => [0, 1].map((k) => [`${folder}/ex_${id}_img_${k}.png`, pixels(`${id} ${k}`)] as const)),
  );
const whole = { 'winoground/data.json': [row(1), row(2)], ...images('winoground/images', [1, 2]) };
const record = async (root: string) => readFile(join(root, 'prepared.json'), 'utf8');

test('what is no image, whatever its name says, is left out, so that a second run can put the image there', async () => {
  const bad = {
    'winoground/images/ex_0_img_0.png': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`,
    'winoground/images/ex_0_img_1.png': '<!doctype html><p>404',
  };
  const rows = [{ id: 0, caption_0: 'a', caption_1: 'b', tag: '', secondary_tag: '', collapsed_tag: '' }];
  const from = await given({ 'winoground/data.json': rows, ...bad });
  const first = await preparedFrom([from]);
  expect(Object.keys(first.files)).toEqual(['winoground/data.json']);
  expect(first.record.sets.winoground?.leftOut.map(({ why }) => why)).toEqual([
    'is a Git LFS pointer: run `git lfs pull` in its clone',
    'is a web page (HTML): download it again',
  ]);
  expect(first.faults[0]).toMatch(/^winoground lacks its images: /);
  for (const path of Object.keys(bad)) await writeFile(join(from, path), pixels(path));
  const second = await preparedFrom([from]);
  expect([second.faults, Object.keys(second.files).length]).toEqual([[], 3]);
});

test('running it again changes nothing, and what was given is not changed', async () => {
  const zip = await zipOf(images('x', [2]));
  const from = await given({ 'data.json': whole['winoground/data.json'], ...images('i', [1]), 'more.zip': zip });
  const before = await textsOf(from);
  const first = await preparedFrom([from]);
  const stamps = await stampsOf(first.root);
  const text = await record(first.root);
  const again = await preparedFrom([from]);
  expect([again.faults, again.files]).toEqual([[], first.files]);
  expect(await record(again.root)).toBe(text);
  expect(await stampsOf(again.root)).toEqual(stamps);
  expect(await textsOf(from)).toEqual(before);
});

/** Of each image: which file it is, and when it changed. */
async function stampsOf(root: string): Promise<unknown[]> {
  const folder = join(root, 'winoground/images');
  return Promise.all(
    (await readdir(folder)).sort().map(async (name) => {
      const { ino, mtimeMs } = await stat(join(folder, name));
      return [name, ino, mtimeMs];
    }),
  );
}

test('images of a folder are links to what was given; metadata are files of their own', async () => {
  const from = await given(whole);
  const { root } = await preparedFrom([from]);
  const inode = async (...path: string[]) => (await stat(join(...path))).ino;
  const image = 'winoground/images/ex_1_img_0.png';
  expect(await inode(root, image)).toBe(await inode(from, image));
  expect(await inode(root, 'winoground/data.json')).not.toBe(await inode(from, 'winoground/data.json'));
});

test('it goes on with what a second download brings, and tells where the first part came from', async () => {
  const from = await given({
    'first/data.json': whole['winoground/data.json'],
    ...images('first', [1]),
    ...images('second', [2]),
  });
  const first = await preparedFrom([join(from, 'first')]);
  expect(first.faults[0]).toMatch(/^winoground lacks 2 of 4 images/);
  const second = await preparedFrom([join(from, 'second')]);
  expect([second.faults, second.tasks]).toEqual([[], ['winoground']]);
  expect(await versionsOf(second.root)).toEqual(await versionsOf(await given(whole)));
  expect(second.record.sets.winoground).toMatchObject({
    images: [{ from: 'second/', count: 2 }],
    kept: { count: 2, from: [{ from: 'first/', count: 2 }] },
  });
});

test('other sets that were prepared before stay in the record', async () => {
  const from = await given({ ...whole, 'genderbias/suit-images/1.jpg': pixels('1') });
  await preparedFrom([from], { tasks: ['winoground'] });
  const { record: both } = await preparedFrom([from], { tasks: ['genderbias'] });
  expect(Object.keys(both.sets).sort()).toEqual(['genderbias', 'winoground']);
});

test.each([
  ['an image', 'winoground/images/ex_2_img_1.png'],
  ['a text', 'winoground/data.json'],
])('%s that is in the root with other content is kept, and refused by name', async (_what, path) => {
  const from = await given(whole);
  const root = join(from, '../root');
  await writeFiles(root, { [path]: 'another' });
  const { faults, files } = await preparedFrom([from]);
  expect(faults).toEqual([
    `${path} is in the data root with other content than from/${path}: prepare into another folder, or remove it first`,
  ]);
  expect(files[path]).toBe('another');
});

test('a folder in an image’s place is refused too', async () => {
  const from = await given(whole);
  await mkdir(join(from, '../root/winoground/images/ex_1_img_0.png'), { recursive: true });
  expect((await preparedFrom([from])).faults[0]).toMatch(
    /^winoground\/images\/ex_1_img_0\.png is in the data root with other content/,
  );
});

test('nothing but the data and the record is left in the root, also of runs that were killed', async () => {
  const zip = await zipOf(images('x', [1, 2]));
  const from = await given({
    'data.json': whole['winoground/data.json'],
    'a.zip': await zipOf({ 'images.zip': zip }),
  });
  const root = join(from, '../root');
  // no process has so high a number
  await writeFiles(root, { '.gdbench-prepare-99999999/0': 'half' });
  const { faults } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect((await readdir(root)).sort()).toEqual(['prepared.json', 'winoground']);
});

test('the record has no path of this machine, and says of each file where it came from', async () => {
  const from = await given({
    'a/data.json': whole['winoground/data.json'],
    ...images('b/c', [1, 2]),
    'b/notes.md': 'x',
  });
  const { root, record: told } = await preparedFrom([from]);
  expect(await record(root)).not.toContain(join(from, '..'));
  expect(told.sets.winoground).toMatchObject({
    metadata: [
      {
        file: 'winoground/data.json',
        from: 'from/a/data.json',
        size: JSON.stringify(whole['winoground/data.json']).length,
      },
    ],
    images: [{ from: 'from/b/c/', count: 4 }],
  });
  expect(told.leftOut).toEqual([{ why: 'was not needed', files: 1, first: ['from/b/notes.md'] }]);
});

test('two folders of one name are told apart', async () => {
  const from = await given({ 'a/x/data.json': whole['winoground/data.json'], ...images('b/x', [1, 2]) });
  const { record: told } = await preparedFrom([join(from, 'a/x'), join(from, 'b/x')]);
  expect(told.sets.winoground).toMatchObject({ metadata: [{ from: 'x/data.json' }], images: [{ from: 'x (2)/' }] });
});

test('a root within what is given is not looked into', async () => {
  const from = await given(whole);
  const { prepareData } = await import('./prepare.ts');
  const options = { tasks: null, check: async () => null };
  for (let run = 0; run < 2; run++) {
    const { faults, record: told } = await prepareData([from], join(from, 'root'), options);
    expect(faults).toEqual([]);
    expect(told.sets.winoground?.images).toMatchObject([{ from: 'from/winoground/images/', count: 4 }]);
  }
});

test('links are followed, once where they lead round; one to nowhere is named', async () => {
  const from = await given({ 'real/data.json': whole['winoground/data.json'], ...images('real', [1, 2]) });
  await mkdir(join(from, 'links/within'), { recursive: true });
  await symlink(join(from, 'real'), join(from, 'links/data'));
  await symlink(join(from, 'links'), join(from, 'links/within/round'));
  await symlink('nowhere', join(from, 'links/within/nowhere.zip'));
  const { faults, unread, root } = await preparedFrom([join(from, 'links')], {});
  expect(faults).toEqual([]);
  expect(unread).toEqual(['links/within/nowhere.zip is a link to nowhere, or cannot be read']);
  expect(await versionsOf(root)).toEqual(await versionsOf(await given(whole)));
});

test('a Hugging Face cache is read through its links, and each file once', async () => {
  const cache = 'datasets--facebook--winoground';
  const zip = await zipOf(images('images', [1, 2]));
  const lines = whole['winoground/data.json'].map((one) => JSON.stringify(one)).join('\n');
  const from = await given({
    [`${cache}/blobs/aaa`]: zip,
    [`${cache}/blobs/bbb`]: lines,
    [`${cache}/refs/main`]: 'rev',
  });
  const snapshot = join(from, cache, 'snapshots/rev/data');
  await mkdir(snapshot, { recursive: true });
  await symlink('../../../blobs/aaa', join(snapshot, 'images.zip'));
  await symlink('../../../blobs/bbb', join(snapshot, 'examples.jsonl'));
  for (const place of [join(from, cache), snapshot]) {
    const { faults, files, record: told } = await preparedFrom([place]);
    expect(faults).toEqual([]);
    expect(Object.keys(files)).toHaveLength(5);
    expect(JSON.stringify(told)).not.toContain('blobs');
    await rm(join(place, '../root'), { recursive: true });
  }
});

test('images of one name in folders of no name are asked for by a name', async () => {
  const rows = [{ pos_id: '1.jpg', neg_id: '2.jpg', sentence: 'a', neg_type: 'verb' }];
  const box = {
    image_path: '1.jpg',
    bbox_x: 1,
    bbox_y: 1,
    bbox_w: 1,
    bbox_h: 1,
    true_caption: 'a',
    false_caption: 'b',
    relation_name: 'on',
  };
  const texts = { 'svo.json': rows, 'visual_genome_relation.json': [box] };
  const neutral = { ...texts, 'images/1.jpg': pixels('1'), 'images/2.jpg': pixels('2') };
  const { faults, files } = await preparedFrom([await given(neutral)]);
  expect(faults).toEqual([
    'from/images/1.jpg could be of svo or of vg_relation: put the images of each into a folder of its name, or name the tasks with --task',
  ]);
  expect(files).toEqual({});
  const named = await preparedFrom([await given(neutral)], { tasks: ['svo_verb'] });
  expect(named.faults).toEqual([]);
  const apart = { ...texts, 'svo/1.jpg': pixels('s1'), 'svo/2.jpg': pixels('s2'), 'vg/1.jpg': pixels('v1') };
  const both = await preparedFrom([await given(apart)]);
  expect(both.faults).toEqual([]);
  expect(both.files).toMatchObject({ 'svo/images/1.jpg': 'pixels of s1', 'vg_relation/images/1.jpg': 'pixels of v1' });
});

test('a few images of such names among many others are no images of the set', async () => {
  const rows = Array.from({ length: 8 }, (_, i) => ({
    pos_id: `${i}.jpg`,
    neg_id: `${i}0.jpg`,
    sentence: 'a',
    neg_type: 'obj',
  }));
  const others = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`photos/${i + 5}.jpg`, pixels(`other ${i}`)]),
  );
  const { faults, files } = await preparedFrom([await given({ 'svo.json': rows, ...others })], { tasks: ['svo_obj'] });
  expect(faults[0]).toMatch(/^svo lacks its images/);
  expect(files).toEqual({});
});

test('nothing of a data set is said to be nothing', async () => {
  const { faults, tasks } = await preparedFrom([await given({ 'a.txt': 'a', 'b.jpg': pixels('b') })]);
  expect(faults).toEqual([
    expect.stringMatching(/^Nothing of a data set of GDBench was found in what was given: give .*official-data\.md/),
  ]);
  expect(tasks).toEqual([]);
});

test('images alone of an order task are told with where the captions are, not the images that are there', async () => {
  const images = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`flickr30k-images/${1000 + i}.jpg`, pixels(`${i}`)]),
  );
  const { faults } = await preparedFrom([await given(images)], { tasks: ['flickr30k_order'] });
  expect(faults).toEqual([
    expect.stringMatching(
      /^flickr30k_order: .* texts, .*vision-language-models-are-bows \(whose code fetches the captions/,
    ),
  ]);
});

test('images alone are told with where their texts are', async () => {
  const clevr = { 'x/CLEVR_val2_000001.png': pixels('1') };
  const alone = await preparedFrom([await given(clevr)]);
  expect([alone.faults, alone.tasks]).toEqual([
    [
      'clevr: images were found (from/x/CLEVR_val2_000001.png), but not its texts, which are to be had from https://github.com/McGill-NLP/diffusion-itm (terms: see the repository)',
    ],
    [],
  ]);
  const beside = await preparedFrom([await given({ ...whole, ...clevr, 'pets/images/pug_1.jpg': pixels('pug') })]);
  expect([beside.faults, beside.tasks]).toEqual([[], ['winoground']]);
  expect(beside.notes.map((note) => note.split(':')[0])).toEqual(['clevr', 'pets']);
});

test('texts alone are laid out, and the source of the images is told, whatever else is there', async () => {
  const flickr = { 'a caption': Array.from({ length: 10 }, (_, i) => `datasets/flickr30k/images/${i}.jpg`) };
  const { faults, notes, files, tasks } = await preparedFrom([
    await given({ ...whole, 'flickr30k/val_top10_RN50x64.json': flickr }),
  ]);
  expect([faults, tasks]).toEqual([[], ['winoground']]);
  expect(files['flickr30k/val_top10_RN50x64.json']).toBe(JSON.stringify(flickr));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toMatch(
    /^flickr30k: only its texts were found \(flickr30k\/val_top10_RN50x64\.json\); .*kaggle\.com/,
  );
});
