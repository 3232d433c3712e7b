import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { tarOf } from '../../../../test/support/archive.ts';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';
import { EDITIONS } from '../../editions/editions.ts';

/** The breeds as the set's authors name their files: cats in capitals, dogs not. */
const CATS =
  'Abyssinian Bengal Birman Bombay British_Shorthair Egyptian_Mau Maine_Coon Persian Ragdoll Russian_Blue Siamese Sphynx';
const DOGS =
  'american_bulldog american_pit_bull_terrier basset_hound beagle boxer chihuahua english_cocker_spaniel english_setter german_shorthaired great_pyrenees havanese japanese_chin keeshond leonberger miniature_pinscher newfoundland pomeranian pug saint_bernard samoyed scottish_terrier shiba_inu staffordshire_bull_terrier wheaten_terrier yorkshire_terrier';
const BREEDS = [...CATS.split(' '), ...DOGS.split(' ')];

const published = EDITIONS[0]!.tasks.pets!.metadata!['pets/classes.txt'];
const sha256 = (text: string | undefined) =>
  createHash('sha256')
    .update(text ?? '')
    .digest('hex');

const photographs = (folder: string, name = (breed: string) => `${breed}_12.jpg`) =>
  Object.fromEntries(BREEDS.map((breed) => [`${folder}/${name(breed)}`, pixels(breed)]));
const list = `#Image CLASS-ID SPECIES BREED ID\n#ID: 1:37 Class ids\n${BREEDS.map((breed, i) => `${breed}_12 ${i + 1} 1 1`).join('\n')}\n`;
const listOf = (files: Record<string, string>) => Object.keys(files).filter((file) => file.startsWith('pets/images/'));

test('images.tar.gz and annotations.tar.gz as they are downloaded: classes.txt as it was published, photographs alone', async () => {
  const images = {
    ...photographs('images'),
    'images/Abyssinian_100.mat': Buffer.from('MATLAB 5.0 MAT-file'),
    'images/._Abyssinian_12.jpg': Buffer.from('\0\x05\x16\x07'),
  };
  const annotations = {
    'annotations/list.txt': Buffer.from(list),
    'annotations/trimaps/Abyssinian_12.png': pixels('a mask'),
    'annotations/trimaps/._Abyssinian_12.png': Buffer.from('\0\x05\x16\x07'),
    'annotations/xmls/Abyssinian_12.xml': Buffer.from('<annotation/>'),
  };
  const from = await given({
    'images.tar.gz': await tarOf(images, true),
    'annotations.tar.gz': await tarOf(annotations, true),
  });
  const { faults, notes, files, record } = await preparedFrom([from]);
  expect([faults, notes]).toEqual([[], []]);
  expect(sha256(files['pets/classes.txt'])).toBe(published);
  expect(listOf(files)).toEqual(BREEDS.map((breed) => `pets/images/${breed}_12.jpg`).sort());
  expect(record.sets.pets?.leftOut).toEqual([
    { why: 'is a mask (trimap)', files: 1, first: ['from/annotations.tar.gz/annotations/trimaps/Abyssinian_12.png'] },
  ]);
});

test('the photographs of all breeds are enough for classes.txt; those of some are not', async () => {
  const all = await preparedFrom([await given(photographs('pets/images'))]);
  expect(sha256(all.files['pets/classes.txt'])).toBe(published);
  const { 'pets/images/pug_12.jpg': _, ...some } = photographs('pets/images');
  const { faults, files } = await preparedFrom([await given({ ...some })], { tasks: ['pets'] });
  expect(files).toEqual({});
  expect(faults[0]).toMatch(/^pets: images were found .*, but not its texts/);
});

test.each([
  ['joined by _', BREEDS.map((breed) => `${breed}\n`).join('')],
  ['joined by _ with Windows line ends', BREEDS.map((breed) => `${breed}\r\n`).join('')],
])('classes that are %s become the published file', async (_what, text) => {
  const { files, record } = await preparedFrom([
    await given({ 'pets/classes.txt': text, ...photographs('pets/images') }),
  ]);
  expect(sha256(files['pets/classes.txt'])).toBe(published);
  expect(record.sets.pets?.metadata[0]?.made).toMatch(/^mended/);
});

test('the published classes with Windows line ends are the published file again; others stay to the byte', async () => {
  const order = await preparedFrom([await given(photographs('pets/images'))]);
  const windows = order.files['pets/classes.txt']!.replaceAll('\n', '\r\n').replace(/\r\n$/, '');
  const mended = await preparedFrom([await given({ 'pets/classes.txt': windows, ...photographs('pets/images') })]);
  expect(sha256(mended.files['pets/classes.txt'])).toBe(published);
  const own = { 'pets/classes.txt': 'pug\r\nGreat Pyrenees', 'pets/images/pug_1.jpg': pixels('pug') };
  const from = await given(own);
  const kept = await preparedFrom([from]);
  expect(kept.files).toEqual({ 'pets/classes.txt': own['pets/classes.txt'], 'pets/images/pug_1.jpg': 'pixels of pug' });
  expect(await versionsOf(kept.root)).toEqual(await versionsOf(from));
});

test('masks that lie beside the photographs are left out', async () => {
  const masks = Object.fromEntries(BREEDS.map((breed) => [`pets/images/${breed}_12.png`, pixels('a mask')]));
  const { files, record } = await preparedFrom([await given({ ...photographs('pets/images'), ...masks })]);
  expect(listOf(files).filter((file) => file.endsWith('.png'))).toEqual([]);
  expect(record.sets.pets?.leftOut).toMatchObject([{ why: 'is a mask (trimap)', files: 37 }]);
});

test('names in another letter case get that of the list; without a list the change is told', async () => {
  const shouted = photographs('pets/images', (breed) => `${breed.toUpperCase()}_12.JPG`);
  const listed = await preparedFrom([await given({ ...shouted, 'pets/list.txt': list })]);
  expect(listOf(listed.files)).toEqual(BREEDS.map((breed) => `pets/images/${breed}_12.jpg`).sort());
  expect(listed.notes).toEqual([]);
  const { notes, files } = await preparedFrom([await given(shouted)]);
  expect(listOf(files)).toHaveLength(37);
  expect(notes).toEqual([
    'pets: 37 of 37 photographs have names in another letter case than the published ones (ABYSSINIAN_12.jpg for Abyssinian_12.jpg), so that their data version is another',
  ]);
});

test('classes that are not the 37 breeds stand in the order of the list', async () => {
  const from = await given({
    'pets/list.txt': 'tom_cat_1 2 1 1\nrex_1 1 2 1\n',
    'pets/images/rex_1.jpg': pixels('rex'),
    'pets/images/tom_cat_1.jpg': pixels('tom'),
  });
  const { files, faults } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(files['pets/classes.txt']).toBe('rex\ntom cat\n');
});
