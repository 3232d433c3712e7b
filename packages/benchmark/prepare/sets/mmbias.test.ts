import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/support/archive.ts';
import { folderOf } from '../../../../test/support/folder.ts';
import { given, pixels, preparedFrom, versionsOf } from '../../../../test/support/prepared-root.ts';

const PHRASES = '{"unpleasant_phrases": ["fear"], "pleasant_phrases": ["joy"]}\n';
const GROUPS = {
  Religion: ['Christian', 'Muslim', 'Jewish', 'Hindu', 'Buddhist'],
  Nationality: ['American', 'Arab'],
  'Sexual Orientation': ['Heterosexual', 'LGBT'],
};
const official = Object.entries(GROUPS).flatMap(([category, groups]) => groups.map((group) => `${category}/${group}`));
const imagesOf = (groups: readonly string[], folder = '') =>
  Object.fromEntries(
    groups.flatMap((group) => [1, 2, 10].map((n) => [`${folder}${group}/${n}.jpg`, pixels(`${group} ${n}`)])),
  );

async function byHand(): Promise<Record<string, string>> {
  const images = imagesOf(official, 'mmbias/data/Images/');
  return versionsOf(await folderOf({ 'mmbias/textual_phrases.txt': PHRASES, ...images }));
}

test('the repository as it is cloned: a zip a category, with what macOS left in it, and the phrases in data/', async () => {
  const zips = await Promise.all(
    [...Object.keys(GROUPS), 'Mental Disability', 'Valence Images'].map(async (category) => {
      const groups = official.filter((group) => group.startsWith(`${category}/`));
      const others = category.startsWith('Valence') ? ['Valence Images/Pleasant'] : ['Disability/Mental Disability'];
      const files = {
        ...imagesOf(groups.length > 0 ? groups : others),
        [`__MACOSX/${category}/._x.jpg`]: '\0\x05\x16\x07',
        [`${category}/.DS_Store`]: 'x',
      };
      return [`MMBias/data/Images/${category}.zip`, await zipOf(files)];
    }),
  );
  const from = await given({ 'MMBias/data/textual_phrases.txt': PHRASES, ...Object.fromEntries(zips) });
  const { faults, files, record, root } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(await versionsOf(root)).toEqual(await byHand());
  expect(Object.keys(files)).toHaveLength(1 + 27);
  expect(record.sets.mmbias?.leftOut).toMatchObject([{ why: 'is of a group that no pair compares', files: 6 }]);
});

test('groups and categories have their official names, however they are spelt', async () => {
  const spelt = official.map((group) =>
    group.toLowerCase().replace('sexual orientation', 'Sexual_Orientation').replace('muslim', 'Muslims'),
  );
  const images = spelt.flatMap((group, i) =>
    [1, 2, 10].map((n) => [`mmbias/${group}/${n}.JPG`, pixels(`${official[i]} ${n}`)]),
  );
  const from = await given({ 'mmbias/phrases.json': PHRASES, ...Object.fromEntries(images) });
  const { root, faults } = await preparedFrom([from]);
  expect(faults).toEqual([]);
  expect(await versionsOf(root)).toEqual(await byHand());
});

test('phrases that are missing are named with where they are; images that are missing too', async () => {
  const mute = await preparedFrom([await given(imagesOf(official, 'mmbias/'))]);
  expect(mute.faults).toEqual([
    'mmbias/textual_phrases.txt was not found: it is in https://github.com/McGill-NLP/diffusion-itm (terms: see the repository)',
  ]);
  expect(mute.tasks).toEqual(['mmbias']);
  const blind = await preparedFrom([await given({ 'mmbias/textual_phrases.txt': PHRASES })]);
  expect(blind.faults).toHaveLength(1);
  expect(blind.faults[0]).toMatch(
    /^mmbias lacks its images: their source is https:\/\/github\.com\/sepehrjng92\/MMBias/,
  );
});

test('two folders of one group with different images of one name are refused', async () => {
  const images = { 'mmbias/a/Muslim/1.jpg': pixels('1'), 'mmbias/b/muslim/1.jpg': pixels('other') };
  const { faults } = await preparedFrom([await given({ 'mmbias/textual_phrases.txt': PHRASES, ...images })]);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(
    /^from\/mmbias\/a\/Muslim\/1\.jpg and from\/mmbias\/b\/muslim\/1\.jpg are different images of one name/,
  );
});
