import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { type Files, folderOf, writeFiles } from '../../../test/support/folder.ts';
import { fullTree, rootWith } from '../../../test/support/official-tree.ts';
import { loadTask } from '../load/load.ts';
import { READERS } from '../load/readers.ts';
import { TASK_NAMES, type TaskName } from '../task.ts';
import type { Edition, TaskEdition } from './edition.ts';
import { EDITIONS, OFFICIAL } from './editions.ts';
import { judgeEdition, sha256 } from './judge.ts';
import { questionsSha256 } from './questions.ts';

/** What a tree's data of a task are, as an edition states it. */
async function stated(root: string, task: TaskName): Promise<Required<Omit<TaskEdition, 'groups'>>> {
  const official = await READERS[task].read(root);
  const { dataVersion } = await loadTask(root, task);
  return {
    examples: official.examples.length,
    images: new Set(official.examples.flatMap(({ images }) => images.map(({ path }) => path))).size,
    metadata: Object.fromEntries(official.metadata.map((file) => [file.path, sha256(file)])),
    questions: questionsSha256(task, official.examples),
    dataVersion,
  };
}

const named = (name: string, task: TaskName, edition: TaskEdition): Edition => ({ name, tasks: { [task]: edition } });

describe('editions', () => {
  it('the official one states every task but the one of which nothing is published', () => {
    const [official] = EDITIONS;
    expect(official!.name).toBe(OFFICIAL);
    expect(Object.keys(official!.tasks)).toEqual(TASK_NAMES.filter((task) => task !== 'genderbias'));
    for (const { tasks } of each(EDITIONS))
      for (const { examples, groups } of each(Object.values(tasks)))
        if (groups) expect(Object.values(groups).reduce((a, b) => a + b)).toBe(examples);
  });

  it.each(TASK_NAMES)('%s: data with the hashes of an edition are whole, by any of the hashes', async (task) => {
    const root = await folderOf(fullTree());
    const { examples, images, metadata, questions, dataVersion } = await stated(root, task);
    for (const known of [
      { examples, dataVersion },
      { examples, images, questions },
      // genderbias has no metadata
      ...(Object.keys(metadata).length > 0 ? [{ examples, images, metadata }] : []),
    ]) {
      const { edition } = await loadTask(root, task, { editions: [named('own', task, known)] });
      expect(edition).toEqual({ state: 'whole', name: 'own', examples, of: examples });
    }
  });

  it.each(TASK_NAMES)('%s: under a limit they are a part of it', async (task) => {
    const root = await folderOf(fullTree());
    const { examples, dataVersion } = await stated(root, task);
    const editions = [named('own', task, { examples, dataVersion })];
    const limited = await loadTask(root, task, { limit: 1, editions });
    const state = limited.examples.length < examples ? 'part' : 'whole';
    expect(limited.edition).toEqual({ state, name: 'own', examples: limited.examples.length, of: examples });
  });

  it('without images that examples need they are a part of it', async () => {
    const root = await rootWith('winoground');
    const known = await stated(root, 'winoground');
    const editions = [named('own', 'winoground', known)];
    await writeFiles(root, { 'winoground/images/ex_3_img_1.png': '' });
    const { edition } = await loadTask(root, 'winoground', { skipMissing: true, editions });
    expect(edition).toEqual({ state: 'part', name: 'own', examples: 1, of: 2 });
  });

  it('other bytes of an image make data of an edition with a data version unknown, and change nothing of one without', async () => {
    const root = await rootWith('winoground');
    const { examples, metadata, dataVersion } = await stated(root, 'winoground');
    await writeFiles(root, { 'winoground/images/ex_3_img_1.png': 'other pixels' });
    const exact = await loadTask(root, 'winoground', {
      editions: [named('own', 'winoground', { examples, metadata, dataVersion })],
    });
    expect(exact.edition).toEqual({ state: 'unknown', name: null, examples, of: null });
    const loose = await loadTask(root, 'winoground', {
      editions: [named('own', 'winoground', { examples, metadata })],
    });
    expect(loose.edition.state).toBe('whole');
  });

  it('the exact edition goes before one that asks the same', async () => {
    const root = await rootWith('pets');
    const { examples, questions, dataVersion } = await stated(root, 'pets');
    const editions = [
      named('larger', 'pets', { examples: 99, questions }),
      named('smaller', 'pets', { examples: 1, questions }),
      named('this', 'pets', { examples, dataVersion }),
    ];
    expect((await loadTask(root, 'pets', { editions })).edition).toMatchObject({ state: 'whole', name: 'this' });
    const [larger, smaller] = [editions.slice(0, 1), editions.slice(1, 2)];
    expect((await loadTask(root, 'pets', { editions: larger })).edition).toMatchObject({ state: 'part', of: 99 });
    expect((await loadTask(root, 'pets', { editions: smaller })).edition).toMatchObject({ state: 'unknown', of: null });
  });

  it('the same questions in a file that is written otherwise are the same questions', async () => {
    const tree = fullTree();
    const path = 'winoground/data.json';
    const indented: Files = { [path]: JSON.stringify(tree[path], null, 4) };
    const [plain, other] = await Promise.all([rootWith('winoground'), rootWith('winoground', indented)]);
    const { examples, images, metadata, questions } = await stated(plain, 'winoground');
    const judge = async (edition: TaskEdition) =>
      (await loadTask(other, 'winoground', { editions: [named('own', 'winoground', edition)] })).edition.state;
    expect(await judge({ examples, images, questions })).toBe('whole');
    expect(await judge({ examples, images, metadata })).toBe('unknown');
  });

  it('further groups of MMBias take nothing from those of an edition, and a short group makes a part of it', async () => {
    const phrases = fullTree()['mmbias/textual_phrases.txt'];
    const group = (name: string, n: number) =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`mmbias/data/Images/${name}/${i}.jpg`, `${name} ${i}`]));
    const rootOf = (n: number, more: Files = {}) =>
      folderOf({
        'mmbias/textual_phrases.txt': phrases,
        ...group('Religion/Muslim', 3),
        ...group('Religion/Hindu', n),
        ...more,
      });
    const whole = await rootOf(3);
    const { questions } = await stated(whole, 'mmbias');
    const groups = { 'Religion/Muslim': 3, 'Religion/Hindu': 3 };
    const editions = [named('own', 'mmbias', { examples: 6, groups, questions })];
    const of = async (root: string) => (await loadTask(root, 'mmbias', { editions })).edition;
    expect(await of(whole)).toEqual({ state: 'whole', name: 'own', examples: 6, of: 6 });
    expect(await of(await rootOf(3, { ...group('Mood/A', 2), ...group('Mood/B', 2) }))).toMatchObject({
      state: 'whole',
      examples: 6,
    });
    expect(await of(await rootOf(2))).toEqual({ state: 'part', name: 'own', examples: 5, of: 6 });
    expect((await of(await rootOf(4))).state).toBe('unknown');
  });

  it('data of no known hash are a part of the official edition where they are fewer, and else unknown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (count) => {
        const rows = Array.from({ length: count }, (_, id) => ({ id, caption_0: `a ${id}`, caption_1: `b ${id}` }));
        const images = Object.fromEntries(
          rows.flatMap(({ id }) => [0, 1].map((i) => [`winoground/images/ex_${id}_img_${i}.png`, 'x'])),
        );
        const root = await folderOf({ 'winoground/data.json': rows, ...(count < 20 ? images : {}) });
        const official = await READERS.winoground.read(root);
        const edition = judgeEdition(EDITIONS, {
          task: 'winoground',
          official,
          images: 2 * count,
          faulty: 0,
          dataVersion: '0123456789abcdef',
          scored: count,
        });
        expect(edition).toEqual(
          count < 400
            ? { state: 'part', name: OFFICIAL, examples: count, of: 400 }
            : { state: 'unknown', name: null, examples: count, of: null },
        );
      }),
      { numRuns: 10, examples: [[10], [399], [400], [401]] },
    );
  });

  it('SVO counts the rows of all three kinds, for no other count is published', async () => {
    const root = await folderOf(fullTree());
    expect((await loadTask(root, 'svo_verb')).edition).toEqual({
      state: 'part',
      name: OFFICIAL,
      examples: 1,
      of: 36_841,
    });
    expect((await loadTask(root, 'svo_subj')).edition).toMatchObject({ examples: 2, of: 36_841 });
    expect((await loadTask(root, 'genderbias')).edition).toMatchObject({ state: 'unknown', name: null });
  });
});
