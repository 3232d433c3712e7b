import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/support/archive.ts';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';

const box = { bbox_x: 1, bbox_y: 2, bbox_w: 3, bbox_h: 4, true_caption: 'a "b" c', false_caption: 'c b a' };
const relation = (image_path: string) => ({ image_id: 1, image_path, ...box, relation_name: 'on' });
const attribution = (image_path: string) => ({ image_id: 1, image_path, ...box, attributes: ['a', 'b'] });
const names = ['7.jpg', '12.jpg'];
const images = (folder: string, of = names) =>
  Object.fromEntries(of.map((name) => [`${folder}/${name}`, pixels(name)]));

async function byHand(): Promise<Record<string, string>> {
  return versionsOf(
    await given({
      'vg_relation/visual_genome_relation.json': names.map(relation),
      'vg_attribution/visual_genome_attribution.json': names.map(attribution),
      ...images('vg_relation/images'),
      ...images('vg_attribution/images'),
    }),
  );
}

test("ARO's folder, two files and one folder of images, serves both tasks, and each image is on the disk once", async () => {
  const from = await given({
    'prerelease_bow/visual_genome_relation.json': names.map(relation),
    'prerelease_bow/visual_genome_attribution.json': names.map(attribution),
    ...images('prerelease_bow/images', [...names, '99.jpg']),
  });
  const { faults, root, files } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(await versionsOf(root)).toEqual(await byHand());
  expect(Object.keys(files)).toHaveLength(2 + 4);
  const inodes = await Promise.all(
    [join(from, 'prerelease_bow/images'), join(root, 'vg_relation/images'), join(root, 'vg_attribution/images')].map(
      async (folder) => (await stat(join(folder, '7.jpg'))).ino,
    ),
  );
  expect(new Set(inodes).size).toBe(1);
});

test('of the zip of images too', async () => {
  const zip = await zipOf(images('images', names));
  const from = await given({
    'visual_genome_relation.json': names.map(relation),
    'visual_genome_attribution.json': names.map(attribution),
    'vgr_vga_images.zip': zip,
  });
  const { faults, root } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(await versionsOf(root)).toEqual(await byHand());
});

test.each(['/home/me/prerelease_bow/images/', 'C:\\data\\images\\', '~/aro/images/'])(
  'rows that were saved with the place of one machine (%s) name images again, and are otherwise as they were',
  async (place) => {
    const text = JSON.stringify(
      names.map((name) => relation(place + name)),
      null,
      1,
    );
    const from = await given({ 'visual_genome_relation.json': text, ...images('vg/images') });
    const { faults, files, record } = await preparedFrom([from]);
    expect(faults).toEqual([]);
    expect(files['vg_relation/visual_genome_relation.json']).toBe(JSON.stringify(names.map(relation), null, 1));
    expect(record.sets.vg_relation?.metadata[0]?.made).toBe('mended: 2 paths are names of images');
  },
);

test('rows that cannot be asked are left out, by their places, whatever else the others say; of none nothing is made', async () => {
  const bad = [{ ...relation('3.jpg'), bbox_w: 0 }, { ...relation('4.jpg'), bbox_y: 'NaN' }, relation('5.jpg')];
  const text = JSON.stringify([...names.map(relation), ...bad.slice(0, 2)]).replace('"NaN"', 'NaN');
  const { faults, files, record, notes } = await preparedFrom([
    await given({ 'visual_genome_relation.json': text, ...images('vg/images', [...names, '3.jpg', '4.jpg']) }),
  ]);
  expect(faults).toEqual([]);
  expect(JSON.parse(files['vg_relation/visual_genome_relation.json']!)).toEqual(names.map(relation));
  expect(Object.keys(files)).toHaveLength(1 + names.length);
  const leftOut = [
    { row: 2, why: 'bbox_w: a number above 0 is expected, and 0 found' },
    { row: 3, why: 'bbox_y: a number is expected, and null found' },
  ];
  expect(record.sets.vg_relation?.edition).toMatchObject({ rows: 2, of: 4, leftOut });
  expect(notes[0]).toMatch(/^vg_relation: 2 of 4 rows cannot be asked and are left out: row 2 \(from 0\), bbox_w: /);
  const none = await preparedFrom([
    await given({ 'visual_genome_relation.json': bad.slice(0, 1), ...images('vg/images', ['3.jpg']) }),
  ]);
  expect(none.faults[0]).toMatch(/holds no row that can be asked \(row 0 \(from 0\), bbox_w: .*\): download it again$/);
});

test('a name that is written with escapes stays as it is', async () => {
  const text = JSON.stringify([relation('café.jpg')]).replace('é', '\\u00e9');
  const { faults, files } = await preparedFrom([
    await given({ 'visual_genome_relation.json': text, ...images('vg/images', ['café.jpg']) }),
  ]);
  expect(faults).toEqual([]);
  expect(files['vg_relation/visual_genome_relation.json']).toBe(text);
});

test('orders that were saved with the folder of one machine name images below the folder of the set again', async () => {
  const row = (image: string) => ({ image, caption_options: [...'abcde'] });
  const image = { 'coco/val2014/COCO_val2014_1.jpg': pixels('1') };
  const { faults, files, root } = await preparedFrom([
    await given({ 'coco_order.json': [row('/home/me/coco/val2014/COCO_val2014_1.jpg')], ...image }),
  ]);
  expect(faults).toEqual([]);
  expect(JSON.parse(files['coco_order/coco_order.json']!)).toEqual([row('val2014/COCO_val2014_1.jpg')]);
  expect(Object.keys(await versionsOf(root))).toEqual(['coco_order']);
});

const captions = ['A small dog runs through the tall green grass.', 'Two men, one of them old, sit on a bench!'];
const karpathy = {
  images: [
    { filepath: 'val2014', filename: 'COCO_val2014_1.jpg', split: 'test', sentences: captions.map((raw) => ({ raw })) },
    { filepath: 'train2014', filename: 'COCO_train2014_2.jpg', split: 'train', sentences: [{ raw: 'no' }] },
  ],
  dataset: 'coco',
};

test('the captions of the test split get their orders drawn, the same from each of their files, published with a hash', async () => {
  const list = [{ image: 'val2014/COCO_val2014_1.jpg', caption: captions }];
  const photograph = { 'coco/val2014/COCO_val2014_1.jpg': pixels('1') };
  const first = await preparedFrom([await given({ 'coco_karpathy_test.json': list, ...photograph })]);
  const second = await preparedFrom([await given({ 'dataset_coco.json': karpathy, ...photograph })]);
  const text = first.files['coco_order/coco_order.json']!;
  expect(second.files['coco_order/coco_order.json']).toBe(text);
  const rows = JSON.parse(text);
  expect(rows.map(({ image }: { image: string }) => image)).toEqual(Array(2).fill('val2014/COCO_val2014_1.jpg'));
  expect(rows.map((row: { caption_options: string[] }) => row.caption_options[0])).toEqual([
    'a small dog runs through the tall green grass',
    'two men, one of them old, sit on a bench',
  ]);
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(first.record.sets.coco_order?.edition).toMatchObject({ sha256, seed: 0 });
  expect(first.notes.join()).toContain(sha256);
  expect(Object.keys(await versionsOf(first.root))).toEqual(['coco_order']);
});

test('orders that were drawn elsewhere are copied to the byte; captions of other splits are left out', async () => {
  const drawn = JSON.stringify([{ image: 'flickr30k-images/5.jpg', caption_options: ['a', 'b', 'c', 'd', 'e'] }]);
  const from = await given({
    'orders/flickr30k_order.json': drawn,
    'flickr30k_test.json': [{ image: 'flickr30k-images/5.jpg', caption: ['a b'] }],
    'flickr30k/flickr30k-images/5.jpg': pixels('5'),
  });
  const { files, faults } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(files['flickr30k_order/flickr30k_order.json']).toBe(drawn);
  const val = { 'flickr30k_val.json': [{ image: 'flickr30k-images/5.jpg', caption: ['a b'] }] };
  const other = await preparedFrom([await given(val)], { tasks: ['flickr30k_order'] });
  expect(other.files).toEqual({});
  expect(other.faults[0]).toMatch(/^nothing of flickr30k_order was found/);
});

test('captions of images that no name tells of are left out, and why', async () => {
  const from = await given({
    'test.json': [{ image: 'pictures/1.jpg', caption: ['a b'] }],
    'pictures/1.jpg': pixels('1'),
  });
  const { faults } = await preparedFrom([from], { tasks: ['coco_order'] });
  expect(faults[0]).toMatch(/^nothing of coco_order was found/);
});
