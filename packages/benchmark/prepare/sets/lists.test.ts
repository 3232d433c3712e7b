import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/support/archive.ts';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';
import { CLEVR_SUBTASKS } from '../../tasks/tasks.ts';

const files = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}`, pixels(name)]));

test('CLEVR: the images that the captions name out of many, one folder too deep or in a zip', async () => {
  const names = ['CLEVR_val2_000001.png', 'CLEVR_train3_000002.png'];
  const captions = Object.fromEntries(
    CLEVR_SUBTASKS.map((subtask) => [
      `data/clevr/captions/${subtask}.json`,
      Object.fromEntries(names.map((name) => [name, [['a', 'b']]])),
    ]),
  );
  const others = Array.from({ length: 30 }, (_, i) => `CLEVR_val0_${i}.png`);
  const zip = await zipOf(files('images/images', [...others, ...names]));
  const { faults, files: made, root, record } = await preparedFrom([await given({ ...captions, 'images.zip': zip })]);
  expect(faults).toEqual([]);
  expect(Object.keys(made)).toHaveLength(7 + 2);
  const byHand = Object.entries(captions).map(([path, text]) => [path.replace('data/', ''), text]);
  expect(await versionsOf(root)).toEqual(
    await versionsOf(await given({ ...Object.fromEntries(byHand), ...files('clevr/images', names) })),
  );
  expect(record.leftOut).toMatchObject([{ why: 'was not needed', files: 30 }]);
});

test('CLEVR: a file of captions that is missing is named; of two that differ neither is taken', async () => {
  const text = { 'CLEVR_val2_000001.png': [['a', 'b']] };
  const one = { 'clevr/captions/spatial.json': text, ...files('clevr/images', ['CLEVR_val2_000001.png']) };
  const { faults } = await preparedFrom([await given(one)]);
  expect(faults).toHaveLength(6);
  expect(faults[0]).toMatch(
    /^clevr\/captions\/pair_binding_size\.json was not found: it is in https:\/\/github\.com\/McGill-NLP/,
  );
  const two = { ...one, 'other/clevr/captions/spatial.json': { 'CLEVR_val2_000001.png': [['c', 'd']] } };
  const ambiguous = await preparedFrom([await given(two)]);
  expect(ambiguous.faults[0]).toMatch(
    /^from\/clevr\/captions\/spatial\.json and from\/other\/clevr\/captions\/spatial\.json are both CLEVR's captions of spatial, and differ/,
  );
});

const flickr = Array.from({ length: 10 }, (_, i) => `${1000 + i}.jpg`);
const lists = {
  'a.json': { 'a caption': flickr.map((name) => `datasets/flickr30k/images/${name}`) },
  'b.json': { [`datasets/flickr30k/images/${flickr[3]}`]: Array.from({ length: 10 }, (_, i) => `text ${i}`) },
};

test('Flickr30K: double folders of Kaggle, twice the same image, lists by their content, those of training left out', async () => {
  const from = await given({
    'lists/a.json': lists['a.json'],
    'lists/b.json': lists['b.json'],
    'lists/train_top10_RN50x64.json': { 'another caption': flickr.map((name) => `datasets/flickr30k/images/x${name}`) },
    ...files('archive/flickr30k_images/flickr30k_images', [...flickr, '5.jpg']),
    ...files('archive/flickr30k_images/flickr30k_images/flickr30k_images', flickr),
    'archive/flickr30k_images/results.csv': 'image_name| comment_number| comment\n',
  });
  const { faults, root, record } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  const byHand = {
    'flickr30k/val_top10_RN50x64.json': lists['a.json'],
    'flickr30k/val_top10_RN50x64_text.json': lists['b.json'],
    ...files('flickr30k/images', flickr),
  };
  expect(await versionsOf(root)).toEqual(await versionsOf(await given(byHand)));
  expect(record.sets.flickr30k?.leftOut[0]).toMatchObject({ why: 'is of another split', files: 1 });
});

const frames = (set: string, numbers: readonly number[]) =>
  Object.fromEntries(numbers.map((n) => [`${set}/img${n}.jpg`, pixels(`${set} ${n}`)]));
const tens = Array.from({ length: 10 }, (_, i) => 7 * i);
const texts = { 'open-images-1_a': { 5: 'a' }, 'MSR-VTT-b': { 0: 'b', 3: 'c' } };

test('ImageCoDe: frames keep their numbers, sets that no text names are left out', async () => {
  const sets = { ...frames('open-images-1_a', tens), ...frames('MSR-VTT-b', tens), ...frames('MSR-VTT-train', tens) };
  const zip = await zipOf(
    Object.fromEntries(Object.entries(sets).map(([path, bytes]) => [`image-sets/${path}`, bytes])),
  );
  const {
    faults,
    files: made,
    root,
    tasks,
  } = await preparedFrom([
    await given({
      'valid_data.json': texts,
      'train_data.json': { 'MSR-VTT-train': { 1: 'd' } },
      'image-sets.zip': zip,
    }),
  ]);
  expect(faults).toEqual([]);
  expect(tasks).toEqual(['imagecode', 'imagecode_video']);
  expect(Object.keys(made)).toHaveLength(1 + 20);
  expect(made['imagecode/image-sets/MSR-VTT-b/img63.jpg']).toBe('pixels of MSR-VTT-b 63');
  const byHand = Object.entries(sets).map(([path, bytes]) => [`imagecode/image-sets/${path}`, bytes]);
  const hand = await given({ 'imagecode/valid_data.json': texts, ...Object.fromEntries(byHand) });
  expect(await versionsOf(root)).toEqual(await versionsOf(hand));
});

test('ImageCoDe: frames of another ending keep their numbers, and two of one number that differ are told', async () => {
  const set = frames('open-images-1_a', tens);
  const { 'open-images-1_a/img7.jpg': seven, 'open-images-1_a/img14.jpg': next, ...rest } = set;
  const given1 = { ...rest, 'open-images-1_a/img7.jpeg': seven, 'open-images-1_a/IMG14.PNG': next };
  const { faults, files: made } = await preparedFrom([
    await given({ 'valid_data.json': { 'open-images-1_a': texts['open-images-1_a'] }, ...given1 }),
  ]);
  expect(faults).toEqual([]);
  expect(Object.keys(made).slice(0, 10).sort()).toEqual(
    Object.keys(set)
      .map((path) => `imagecode/image-sets/${path}`)
      .sort(),
  );
  const twice = { ...set, 'open-images-1_a/img7.jpeg': pixels('another') };
  const refused = await preparedFrom([
    await given({ 'valid_data.json': { 'open-images-1_a': texts['open-images-1_a'] }, ...twice }),
  ]);
  expect(refused.faults[0]).toMatch(/img7\.jpe?g and .*img7\.jpe?g are both of the set open-images-1_a, and differ/);
});

test('ImageCoDe: a frame that is missing is named by its number', async () => {
  const from = await given({
    'imagecode/valid_data.json': { 'MSR-VTT-b': { 0: 'b' } },
    ...Object.fromEntries(
      Object.entries(
        frames(
          'MSR-VTT-b',
          tens.filter((n) => n !== 14),
        ),
      ).map(([path, b]) => [`imagecode/${path}`, b]),
    ),
  });
  const { faults } = await preparedFrom([from]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(
    /^imagecode lacks 1 of 10 images \(imagecode\/image-sets\/MSR-VTT-b\/img14\.jpg\): their source is/,
  );
});

test.each([
  [
    'the simple pairs',
    [{ directory: 'open-images-1_a', pos_idx: 5, neg_idx: 3, caption: 'a' }],
    /simple pairs .*, and not its sets of ten: give valid_data\.json/,
  ],
  [
    'the test set',
    { 'open-images-1_a': ['a', 'b'] },
    /test set, whose answers are not published: give valid_data\.json/,
  ],
])('ImageCoDe: %s are recognised, and not used', async (_what, value, sentence) => {
  const sets = Object.fromEntries(
    Object.entries(frames('open-images-1_a', tens)).map(([path, b]) => [`imagecode/image-sets/${path}`, b]),
  );
  const alone = await preparedFrom([await given({ 'imagecode/valid_data.json': value, ...sets })]);
  expect(alone.faults).toHaveLength(1);
  expect(alone.faults[0]).toMatch(/^from\/imagecode\/valid_data\.json holds ImageCoDe/);
  expect(alone.faults[0]).toMatch(sentence);
  expect(alone.files).toEqual({});
  const beside = await preparedFrom([
    await given({
      'imagecode/valid_simple.json': value,
      'imagecode/valid_data.json': { 'open-images-1_a': { 5: 'a' } },
      ...sets,
    }),
  ]);
  expect(beside.faults).toEqual([]);
  expect(Object.keys(await versionsOf(beside.root))).toEqual(['imagecode']);
});

test('gender bias: folders of its objects in any spelling', async () => {
  const objects = ['suit', 'apron', 'briefcase', 'purse', 'beer', 'wine'];
  const tree = (folder: (object: string) => string) =>
    Object.assign({}, ...objects.map((object) => files(folder(object), ['1.jpg', '7.jpg'])));
  const byHand = await given(tree((object) => `genderbias/${object}-images`));
  const { root, faults } = await preparedFrom([await given(tree((object) => `gender/${object.toUpperCase()}_Images`))]);
  expect(faults).toEqual([]);
  expect(await versionsOf(root)).toEqual(await versionsOf(byHand));
});
