import { cp, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { type Files, folderOf, writeFiles } from '../../../test/support/folder.ts';
import { fullTree, smallTree } from '../../../test/support/official-tree.ts';
import type { TaskName } from '../task.ts';
import { TASK_NAMES } from '../task.ts';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { DataError, listTasks, loadTask } from './load.ts';

/** A small root, changed: null takes a file away. */
async function rootWith(changes: Files = {}): Promise<string> {
  const tree = { ...smallTree(), ...changes };
  return folderOf(Object.fromEntries(Object.entries(tree).filter(([, content]) => content !== null)));
}

describe('loadTask', () => {
  it('gives clevr by subtask, images in the order of the file, each with both captions', async () => {
    const root = await rootWith();
    const { examples } = await loadTask(root, 'clevr');
    const expected = CLEVR_SUBTASKS.flatMap((subtask) =>
      ['z', 'a'].flatMap((name) =>
        [0, 1].map((i) => ({
          id: `${subtask}/${name}.png/${i}`,
          texts: [`right ${subtask} ${name} ${i}`, `wrong ${subtask} ${name} ${i}`],
          images: [{ path: join(root, 'clevr', 'images', `${name}.png`) }],
          group: subtask,
          cluster: `${name}.png`,
        })),
      ),
    );
    expect(examples).toEqual(expected.map((one, index) => ({ index, ...one })));
  });

  it('gives winoground in the order of the file, without empty tags', async () => {
    const root = await rootWith();
    const { examples } = await loadTask(root, 'winoground');
    const image = (id: number, i: number) => ({ path: join(root, 'winoground', 'images', `ex_${id}_img_${i}.png`) });
    expect(examples).toEqual([
      {
        index: 0,
        id: '7',
        texts: ['7 first', '7 second'],
        images: [image(7, 0), image(7, 1)],
        tags: ['Object', 'Noun'],
        cluster: '7',
      },
      {
        index: 1,
        id: '3',
        texts: ['3 first', '3 second'],
        images: [image(3, 0), image(3, 1)],
        tags: ['Relation', 'Scope', 'Series'],
        cluster: '3',
      },
    ]);
  });

  it('gives mmbias an example an image, by whole path in code-point order, pleasant phrases first', async () => {
    const root = await rootWith({
      'mmbias/data/Images/Religion A/Another/1.jpeg': 'x',
      'mmbias/data/Images/Religion A/Another/notes.txt': 'no image',
      'mmbias/data/Images/.DS_Store': 'x',
      'mmbias/data/Images/readme.md': 'x',
    });
    const { examples, pleasant } = await loadTask(root, 'mmbias');
    expect(pleasant).toBe(2);
    // The blank of "Religion A" stands before the slash of "Religion/".
    expect(examples.map(({ id }) => id)).toEqual([
      'Religion A/Another/1.jpeg',
      'Religion A/Other/1.PNG',
      'Religion/Buddhist/1.jpg',
      'Religion/Muslim/10.jpg',
      'Religion/Muslim/2.jpg',
    ]);
    expect(examples[3]).toEqual({
      index: 3,
      id: 'Religion/Muslim/10.jpg',
      texts: ['joy', 'love', 'fear', 'hate', 'grief'],
      images: [{ path: join(root, 'mmbias', 'data', 'Images', 'Religion', 'Muslim', '10.jpg') }],
      group: 'Religion/Muslim',
      cluster: 'Religion/Muslim/10.jpg',
    });
  });

  it('limits each subtask, each group, and winoground as a whole, and keeps the version of the whole', async () => {
    const root = await rootWith();
    for (const [task, n] of [
      ['clevr', 7],
      ['winoground', 1],
      ['mmbias', 2],
    ] as const) {
      const whole = await loadTask(root, task);
      const limited = await loadTask(root, task, { limit: 1 });
      expect(limited.examples.map(({ index }) => index)).toEqual([...Array(n).keys()]);
      const first = whole.examples.filter(
        (one, i) => whole.examples.findIndex(({ group }) => group === one.group) === i,
      );
      expect(limited.examples.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
      expect(limited.dataVersion).toBe(whole.dataVersion);
      expect((await loadTask(root, task, { limit: 99 })).examples).toEqual(whole.examples);
    }
    await expect(loadTask(root, 'clevr', { limit: 0 })).rejects.toThrow(
      'The limit must be a whole number from 1, not 0.',
    );
    await expect(loadTask(root, 'clevr', { limit: 1.5 })).rejects.toThrow(RangeError);
  });
});

describe('a root that cannot serve', () => {
  const captions = 'clevr/captions/spatial.json';
  const rows = (change: object) => [{ ...(smallTree()['winoground/data.json'] as object[])[0], ...change }];
  const phrases = 'mmbias/textual_phrases.txt';

  it.each<[string, TaskName, Files, string]>([
    [
      'a missing metadata file',
      'clevr',
      { [captions]: null },
      `${captions} is missing below the data root: put the official file there.`,
    ],
    [
      'bad JSON',
      'clevr',
      { [captions]: '{"a.png": [' },
      `${captions} is not valid JSON: replace it by the official file.`,
    ],
    ['an empty file', 'clevr', { [captions]: '' }, `${captions} is empty: replace it`],
    ['no captions', 'clevr', { [captions]: {} }, `${captions} holds no captions.`],
    ['images without captions', 'clevr', { [captions]: { 'a.png': [] } }, `${captions} holds no captions.`],
    [
      'a lone caption',
      'clevr',
      { [captions]: { 'a.png': [['right']] } },
      `${captions} does not have the official form at a.png, 0`,
    ],
    [
      'an empty caption',
      'clevr',
      { [captions]: { 'a.png': [['right', '']] } },
      `${captions} does not have the official form at a.png, 0, 1`,
    ],
    [
      'a missing image',
      'clevr',
      { 'clevr/images/a.png': null },
      'clevr/ has 1 missing of 2 images: clevr/images/a.png is missing: put the official images there',
    ],
    ['an empty image', 'clevr', { 'clevr/images/a.png': '' }, 'clevr/images/a.png is empty'],
    [
      'no list',
      'winoground',
      { 'winoground/data.json': { rows: [] } },
      'winoground/data.json does not have the official form',
    ],
    [
      'an empty list',
      'winoground',
      { 'winoground/data.json': [] },
      'winoground/data.json holds no examples: replace it by the official file.',
    ],
    [
      'an id that is a path',
      'winoground',
      { 'winoground/data.json': rows({ id: '../../x' }) },
      'does not have the official form at 0, id',
    ],
    [
      'an id twice',
      'winoground',
      { 'winoground/data.json': [...rows({}), ...rows({})] },
      'winoground/data.json holds the id 7 twice: run `npx gdbench data prepare ROOT --into ROOT-prepared',
    ],
    [
      'a missing image',
      'winoground',
      { 'winoground/images/ex_3_img_1.png': null },
      'winoground/images/ex_3_img_1.png is missing',
    ],
    [
      'no phrases of a kind',
      'mmbias',
      { [phrases]: { pleasant_phrases: ['joy'], unpleasant_phrases: [] } },
      `${phrases} does not have the official form at unpleasant_phrases`,
    ],
    ['missing phrases', 'mmbias', { [phrases]: null }, `${phrases} is missing below the data root`],
    [
      'a group without images',
      'mmbias',
      { 'mmbias/data/Images/Religion/Hindu/.keep': 'x' },
      'mmbias/data/Images/Religion/Hindu holds no image',
    ],
    [
      'no pair',
      'mmbias',
      { 'mmbias/data/Images/Religion/Buddhist/1.jpg': null },
      'mmbias/data/Images holds no two groups to compare',
    ],
    [
      'a pair of two categories',
      'mmbias',
      Object.fromEntries(['P/A', 'P/B', 'Q/A', 'Q/B'].map((group) => [`mmbias/data/Images/${group}/1.png`, 'x'])),
      'mmbias/data/Images has the pair of groups A-B in two categories',
    ],
  ])('names file and fault: %s (%s)', async (_, task, changes, message) => {
    const root = await rootWith(changes);
    const failure = await loadTask(root, task).catch((error) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect(failure.message).toContain(message);
    expect(failure.message).toMatch(/^[^\n]+\.$/);
    expect(failure.task).toBe(task);
  });

  it.each([
    '../../../etc/passwd',
    '/etc/passwd',
    'a/../../../b.png',
    '..',
    './a.png',
    'a//b.png',
    'a\\..\\b.png',
    'C:a.png',
    'a\0.png',
    '',
    '__proto__/..',
  ])('never follows the image name %j out of its folder', async (name) => {
    const root = await rootWith({ [captions]: `{${JSON.stringify(name)}: [["right", "wrong"]]}` });
    await expect(loadTask(root, 'clevr')).rejects.toThrow(
      `${captions} names the image ${JSON.stringify(name)}, which is not a plain path below clevr/images: `,
    );
  });

  it('takes text that is not UTF-8 for what it is', async () => {
    const root = await rootWith();
    await writeFile(join(root, captions), Buffer.from([0x22, 0xff, 0x22]));
    await expect(loadTask(root, 'clevr')).rejects.toThrow(`${captions} is not UTF-8 text`);
  });

  it('does not take a folder for a file, nor a file for the root', async () => {
    const root = await rootWith({ 'clevr/images/a.png': null });
    await mkdir(join(root, 'clevr/images/a.png'));
    await expect(loadTask(root, 'clevr')).rejects.toThrow('clevr/images/a.png is not a file');
    for (const nowhere of [join(root, captions), join(root, 'nowhere')])
      await expect(loadTask(nowhere, 'clevr')).rejects.toThrow('clevr/ is not a folder of the data root');
  });
});

describe('dataVersion', () => {
  const versionsOf = (root: string) =>
    Promise.all(TASK_NAMES.map(async (task) => (await loadTask(root, task)).dataVersion));

  it('is that of the content, wherever it stands and whenever it was written', async () => {
    const root = await rootWith(fullTree());
    const versions = await versionsOf(root);
    for (const version of each(versions)) expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(versions).size).toBe(TASK_NAMES.length);
    const copy = await rootWith(fullTree());
    await utimes(join(copy, 'clevr/images/a.png'), 1, 1);
    expect(await versionsOf(copy)).toEqual(versions);
    // An operator may keep the images elsewhere.
    await rename(join(copy, 'clevr/images'), join(copy, 'elsewhere'));
    await symlink(join(copy, 'elsewhere'), join(copy, 'clevr/images'));
    expect(await versionsOf(copy)).toEqual(versions);
  });

  it.each<[TaskName, string]>([
    ['clevr', 'clevr/images/a.png'],
    ['clevr', 'clevr/captions/spatial.json'],
    ['winoground', 'winoground/images/ex_7_img_0.png'],
    ['mmbias', 'mmbias/data/Images/Religion/Muslim/2.jpg'],
  ])('of %s changes with %s, in this process too, and back again', async (task, path) => {
    const root = await rootWith();
    const { dataVersion } = await loadTask(root, task);
    const original = smallTree()[path];
    const changed = (typeof original === 'string' ? original : JSON.stringify(original)).replace(
      /[a-z](?=[^a-z]*$)/,
      'X',
    );
    await writeFiles(root, { [path]: changed });
    const loaded = await loadTask(root, task).catch(() => null);
    expect(loaded?.dataVersion).not.toBe(dataVersion);
    await writeFiles(root, { [path]: original });
    expect((await loadTask(root, task)).dataVersion).toBe(dataVersion);
  });

  it('tells one image from the next: bytes that move across a border are seen', async () => {
    const versions = await Promise.all(
      [
        ['ab', 'c'],
        ['a', 'bc'],
      ].map(async ([z, a]) => {
        const root = await rootWith({ 'clevr/images/z.png': z, 'clevr/images/a.png': a });
        return (await loadTask(root, 'clevr')).dataVersion;
      }),
    );
    expect(versions[0]).not.toBe(versions[1]);
  });

  it('changes when an image is added to a group or renamed', async () => {
    const root = await rootWith();
    const { dataVersion } = await loadTask(root, 'mmbias');
    const muslim = join(root, 'mmbias/data/Images/Religion/Muslim');
    await rename(join(muslim, '2.jpg'), join(muslim, '3.jpg'));
    const renamed = (await loadTask(root, 'mmbias')).dataVersion;
    await cp(join(muslim, '3.jpg'), join(muslim, '2.jpg'));
    const added = (await loadTask(root, 'mmbias')).dataVersion;
    expect(new Set([dataVersion, renamed, added]).size).toBe(3);
  });
});

describe('listTasks', () => {
  it('counts what is there', async () => {
    const listings = await listTasks(await rootWith());
    expect(listings.map(({ task }) => task)).toEqual(TASK_NAMES);
    expect(listings.filter(({ runnable }) => runnable)).toEqual([
      {
        task: 'clevr',
        runnable: true,
        reason: null,
        examples: 28,
        subtasks: Object.fromEntries(CLEVR_SUBTASKS.map((subtask) => [subtask, 4])),
        images: { named: 2, missing: 0, unreadable: 0 },
        faulty: [],
      },
      {
        task: 'winoground',
        runnable: true,
        reason: null,
        examples: 2,
        subtasks: {},
        images: { named: 4, missing: 0, unreadable: 0 },
        faulty: [],
      },
      {
        task: 'mmbias',
        runnable: true,
        reason: null,
        examples: 3,
        subtasks: { 'Religion/Buddhist': 1, 'Religion/Muslim': 2 },
        images: { named: 3, missing: 0, unreadable: 0 },
        faulty: [],
      },
    ]);
  });

  it('says why a task cannot run, with the sentence that loading it fails with, and lets the others be', async () => {
    const root = await rootWith({ 'clevr/images/a.png': null, 'clevr/images/z.png': '', 'winoground/data.json': '[' });
    await rm(join(root, 'mmbias'), { recursive: true });
    const listings = await listTasks(root);
    expect(listings.some(({ runnable }) => runnable)).toBe(false);
    expect(listings[0]!.images).toEqual({ named: 2, missing: 1, unreadable: 1 });
    for (const { task, reason } of each(listings)) await expect(loadTask(root, task)).rejects.toThrow(reason!);
    await writeFiles(root, fullTree());
    expect((await listTasks(root)).filter(({ runnable }) => runnable).map(({ task }) => task)).toEqual(TASK_NAMES);
  });
});
