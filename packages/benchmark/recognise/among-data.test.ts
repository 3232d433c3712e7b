import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folder.ts';
import { fullTree, numbered, treeOf } from '../../../test/support/official-tree.ts';
import { listed, moved, reason } from '../../../test/support/task-listing.ts';
import { loadTask } from '../load/load.ts';

describe('what lies among the data', () => {
  const phrases = { 'mmbias/textual_phrases.txt': fullTree()['mmbias/textual_phrases.txt'] };
  const group = (name: string, n = 3) =>
    Object.fromEntries(numbered(n, (i) => `mmbias/data/Images/${name}/${i + 1}.jpg`).map((path) => [path, path]));
  const official = { ...phrases, ...group('Religion/Christian'), ...group('Religion/Muslim') };

  it('trimaps are no pets: beside JPEG files, PNG files are counted and named', async () => {
    const masks = ['Great_Pyrenees_10.png', 'pug_3.png', 'pug_4.png', 'Great_Pyrenees_10.mat', '._pug_3.jpg'];
    const tree = { ...treeOf('pets'), ...Object.fromEntries(masks.map((name) => [`pets/images/${name}`, 'x'])) };
    const { examples, data } = await listed(tree, 'pets');
    expect(examples).toBe(3);
    expect(data!.unread.map(({ path }) => path.slice('pets/images/'.length)).sort()).toEqual(masks.toSorted());
    expect(data!.notes).toEqual([
      expect.stringContaining('4 files are not read: pets/images/Great_Pyrenees_10.mat, '),
      '1 file is not read: pets/images/._pug_3.jpg is what a system left there.',
    ]);
    const plain = await loadTask(await folderOf(treeOf('pets')), 'pets');
    const beside = await loadTask(await folderOf(tree), 'pets');
    expect(beside.dataVersion).toBe(plain.dataVersion);
    expect(beside.examples.map(({ id }) => id)).toEqual(plain.examples.map(({ id }) => id));
    expect(beside.notes).toEqual(data!.notes);
    expect(plain).not.toHaveProperty('notes');
  });

  it('without a JPEG file, PNG files are the pets', async () => {
    const png = moved('pets', (path) => path.replace('.jpg', '.png'));
    expect((await listed(png, 'pets')).examples).toBe(3);
  });

  it('classes with underscores are those of the file names', async () => {
    const tree = { ...treeOf('pets'), 'pets/classes.txt': 'pug\nGreat_Pyrenees\nbombay\n' };
    const { examples } = await loadTask(await folderOf(tree), 'pets');
    expect(examples.map(({ texts, right }) => texts[right!])).toEqual([
      'a photo of a Great Pyrenees',
      'a photo of a Great Pyrenees',
      'a photo of a pug',
    ]);
  });

  it('leftovers are no category, no group and no image; files that are not read are named with their endings', async () => {
    const stray = [
      '__MACOSX/Religion/Muslim/._1.jpg',
      'Religion/.DS_Store',
      'Religion/Muslim/._1.jpg',
      'Religion/Muslim/Thumbs.db',
      'Religion/Muslim/4.webp',
      'Religion/Christian/4.jfif',
      'Religion/Christian/5.gif',
      'Religion/notes.txt',
    ];
    const more = Object.fromEntries(stray.map((path) => [`mmbias/data/Images/${path}`, 'x']));
    const [plain, other] = [await folderOf(official), await folderOf({ ...official, ...more })];
    expect((await loadTask(other, 'mmbias')).dataVersion).toBe((await loadTask(plain, 'mmbias')).dataVersion);
    const { data, examples } = await listed({ ...official, ...more }, 'mmbias');
    expect(examples).toBe(6);
    const paths = data!.unread.map(({ path }) => path.slice('mmbias/data/Images/'.length));
    expect(paths.toSorted()).toEqual(['__MACOSX/', ...stray.slice(1)].toSorted());
    expect(data!.notes.join(' ')).toContain('3 files are not read');
    expect(data!.notes.join(' ')).toMatch(/4\.webp.*each is no \.jpg, \.jpeg or \.png\./);
  });

  it('groups that no pair compares are named and not scored, and are no part of the data version', async () => {
    const more = {
      ...group('Nationality/American'),
      ...group('Nationality/Arab'),
      ...group('Disability/Mental Disability'),
    };
    const [plain, other] = [
      { ...official, ...more, ...group('Disability/Non-Disabled') },
      {
        ...official,
        ...more,
        ...group('Disability/Non-Disabled'),
        ...group('Nationality/Chinese'),
        ...group('Nationality/Mexican', 2),
      },
    ];
    const { data, examples, subtasks } = await listed(other, 'mmbias');
    expect([examples, Object.keys(subtasks)]).toEqual([18, expect.not.arrayContaining(['Nationality/Chinese'])]);
    expect(data!.unused).toEqual([
      { group: 'Nationality/Chinese', images: 3 },
      { group: 'Nationality/Mexican', images: 2 },
    ]);
    expect(data!.notes).toEqual([
      'Not scored, for no pair compares them: Nationality/Chinese (3 images), Nationality/Mexican (2 images).',
    ]);
    const versions = await Promise.all(
      [plain, other].map(async (tree) => (await loadTask(await folderOf(tree), 'mmbias')).dataVersion),
    );
    expect(versions[0]).toBe(versions[1]);
  });

  it('letter case and spelling make no other groups: the same examples, in the same order', async () => {
    const spelt = { ...phrases, ...group('religion/christians'), ...group('RELIGION/muslim') };
    const [one, other] = await Promise.all(
      [official, spelt].map(async (tree) => loadTask(await folderOf(tree), 'mmbias')),
    );
    const plain = (data: typeof one) => data!.examples.map(({ images: _, ...rest }) => rest);
    expect(plain(other)).toEqual(plain(one));
  });

  it('two folders of one group are refused, of which either might be meant', async () => {
    const sentence = await reason({ ...official, ...group('religion/muslim', 2) }, 'mmbias');
    expect(sentence).toMatch(
      /Religion\/Muslim and .*religion\/muslim are one group \(Religion\/Muslim\): put the images/,
    );
    const others = await reason({ ...official, ...group('Mood/Glad'), ...group('Mood/glad') }, 'mmbias');
    expect(others).toContain('are one group');
  });

  it('groups of unequal size are compared, and said to be unequal', async () => {
    const { data } = await listed(
      { ...phrases, ...group('Religion/Christian'), ...group('Religion/Muslim', 1) },
      'mmbias',
    );
    expect(data!.notes).toEqual(['Groups of unequal size are compared: Christian-Muslim (3 and 1 images).']);
  });

  it('a frame that is missing is counted once, by the name that the others tell', async () => {
    const frames = [0, 7, 21, 28, 35, 42, 49, 56, 63];
    const set = (names: readonly number[]) =>
      Object.fromEntries(names.map((n) => [`imagecode/image-sets/MSR-VTT_b/img${n}.jpg`, `${n}`]));
    const tree = { 'imagecode/valid_data.json': { 'MSR-VTT_b': { 3: 'the frame' } }, ...set(frames) };
    const { images, faulty } = await listed(tree, 'imagecode_video');
    expect(images).toEqual({ named: 10, missing: 1, unreadable: 0 });
    expect(faulty.map(({ path }) => path)).toEqual(['imagecode/image-sets/MSR-VTT_b/img14.jpg']);
  });
});
