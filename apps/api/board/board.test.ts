import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cancel } from '@gdbench/prisma/evaluations';
import { ask } from '@gdbench/schema/ask';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CellsOfRowsDocument,
  DataVersionsDocument,
  EditionsOfRowsDocument,
  OtherDataOfEvaluationDocument,
  OtherDataOfRowsDocument,
  SizesOfEvaluationDocument,
  TasksDocument,
} from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { each } from '../../../test/support/each.ts';
import { acceptAs, scoreNext, sha256, submitStored } from '../../../test/support/evaluation.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { boardColumns } from './columns.ts';
import { rowLists } from './row.ts';

describe('columns and cells', () => {
  const rows = [
    {
      results: {
        'mmbias.X-Y.effect_size': [0.5, null, null, 8, true],
        'mmbias.X-Y.p_value': [0.03, null, null, 8, true],
      } as const,
    },
  ];

  it('has a column for the pairs of the data first, then for those that only a row knows', () => {
    const columns = boardColumns(new Map([['mmbias', ['A-B.effect_size']]]), rows);
    expect(columns.filter((name) => name.startsWith('mmbias'))).toEqual([
      'mmbias.A-B.effect_size',
      'mmbias.X-Y.effect_size',
    ]);
  });

  it('has no column of a task that the data lack and no row was scored on, but always those that rank', () => {
    const tasks = (columns: string[]) => [...new Set(columns.map((name) => name.split('.')[0]))];
    expect(tasks(boardColumns(new Map(), []))).toEqual(['clevr']);
    expect(tasks(boardColumns(new Map(), rows))).toEqual(['clevr', 'mmbias']);
    const scored = [
      { results: { 'pets.accuracy': [0.5, 0.4, 0.6, 37, true], 'imagecode_video.r1': [null, null, null, 0, false] } },
    ] as const;
    expect(boardColumns(new Map([['winoground', ['text', 'image', 'group']]]), scored).slice(8)).toEqual([
      'winoground.text',
      'winoground.image',
      'winoground.group',
      'imagecode_video.r1',
      'imagecode_video.r5',
      'pets.accuracy',
    ]);
  });

  it('puts a pair’s p beside its effect size and nulls where nothing was measured', () => {
    const lists = rowLists(rows[0]!.results, ['clevr.average', 'mmbias.X-Y.effect_size', 'mmbias.A-B.effect_size']);
    expect(lists).toEqual({
      values: [null, 0.5, null],
      lows: [null, null, null],
      highs: [null, null, null],
      counts: [null, 8, null],
      complete: [false, true, false],
      pValues: [null, 0.03, null],
    });
  });
});

describe('the data root', () => {
  let test: TestApi;
  const root = newFolder();
  beforeAll(async () => {
    for (const group of ['A', 'B', 'C']) {
      await mkdir(join(root, 'mmbias/data/Images/Shapes', group), { recursive: true });
      await writeFile(join(root, 'mmbias/data/Images/Shapes', group, '1.png'), `image of ${group}`);
    }
    await writeFile(
      join(root, 'mmbias/textual_phrases.txt'),
      JSON.stringify({ pleasant_phrases: ['a calm day'], unpleasant_phrases: ['a loud noise'] }),
    );
    // three classes where the official data have 37
    await mkdir(join(root, 'pets/images'), { recursive: true });
    await writeFile(join(root, 'pets/classes.txt'), 'Abyssinian\nBeagle\nPug\n');
    await writeFile(join(root, 'manifest.json'), JSON.stringify({ name: 'shapes', version: '7', more: true }));
    for (const name of ['Pug_1', 'Beagle_20'])
      await writeFile(join(root, `pets/images/${name}.jpg`), `image of ${name}`);
    test = await startTestApi({ GDBENCH_DATA: root });
  });
  afterAll(() => test.close());

  it('gives each task its version and size, or the reason why it cannot serve', async () => {
    const { tasks } = await ask(test.url, TasksDocument, {});
    const mmbias = tasks.find(({ name }) => name === 'mmbias');
    expect(mmbias).toMatchObject({
      kind: 'BIAS',
      examples: 3,
      unavailable: null,
      dataVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(mmbias?.metrics).toEqual(
      ['A-B', 'A-C', 'B-C'].map((pair) => ({
        name: `mmbias.${pair}.effect_size`,
        title: pair.replace('-', '–'),
        label: 'effect size',
        group: 'Bias',
        chance: null,
      })),
    );
    const pets = tasks.find(({ name }) => name === 'pets');
    expect(pets).toMatchObject({ examples: 2, metrics: [{ name: 'pets.accuracy', chance: 1 / 3 }] });
    expect(tasks.find(({ name }) => name === 'clevr')).toMatchObject({
      kind: 'ACCURACY',
      examples: null,
      dataVersion: null,
      unavailable: expect.stringMatching(/clevr/),
    });
  });

  it('names the data set, with a hash over the versions of what it serves', async () => {
    const { dataSet, tasks } = await ask(test.url, DataVersionsDocument, {});
    const versionOf = (task: string) => tasks.find(({ name }) => name === task)?.dataVersion;
    const lines = ['mmbias', 'pets'].map((task) => `${task} ${versionOf(task)}\n`).join('');
    expect(dataSet).toEqual({ name: 'shapes', version: '7', sha256: sha256(lines) });
  });

  it('says of a row which of its tasks were scored on another version of the data', async () => {
    const { evaluationId } = await submitStored(test.db, 'of other data');
    await acceptAs(test.db, evaluationId, { shards: { pets: [1] } });
    const clevr = await submitStored(test.db, 'of a task that is not here');
    await acceptAs(test.db, clevr.evaluationId, { shards: { clevr: [1] } });
    const now = await submitStored(test.db, 'of these data');
    const { tasks } = await ask(test.url, DataVersionsDocument, {});
    const dataVersion = tasks.find(({ name }) => name === 'pets')!.dataVersion!;
    await acceptAs(test.db, now.evaluationId, { shards: { pets: [1] }, dataVersion });
    const { leaderboard } = await ask(test.url, OtherDataOfRowsDocument, {});
    const rows = leaderboard.edges.map(({ node }) => [node.checkpoint.name, node.otherData]);
    expect(Object.fromEntries(rows)).toEqual({
      'of other data': ['pets'],
      'of a task that is not here': [],
      'of these data': [],
    });
    for (const { id, others } of [
      { id: evaluationId, others: ['pets'] },
      { id: clevr.evaluationId, others: [] },
      { id: now.evaluationId, others: [] },
    ]) {
      expect(await ask(test.url, OtherDataOfEvaluationDocument, { id })).toEqual({ evaluation: { otherData: others } });
    }
    for (const id of [evaluationId, clevr.evaluationId, now.evaluationId]) await cancel(test.db, 'anonymous', id);
  });

  it('gives the board its bias columns, and a row its effect size with p', async () => {
    const { evaluationId } = await submitStored(test.db, 'biased');
    await acceptAs(test.db, evaluationId, { shards: { mmbias: [1] } });
    await scoreNext(test.db, evaluationId, [
      { metric: 'A-C.effect_size', value: 1.25, low: null, high: null, chance: null, n: 2, sizes: [2, 0] },
      { metric: 'A-C.p_value', value: 0.01, low: null, high: null, chance: null, n: 2 },
    ]);
    const { leaderboard } = await ask(test.url, CellsOfRowsDocument, {});
    const sizes = await ask(test.url, SizesOfEvaluationDocument, { id: evaluationId });
    expect(sizes).toEqual({
      evaluation: {
        results: [
          { metric: 'A-C.effect_size', sizes: [2, 0] },
          { metric: 'A-C.p_value', sizes: [] },
        ],
      },
    });
    const column = leaderboard.metrics.indexOf('mmbias.A-C.effect_size');
    const row = leaderboard.edges[0]?.node;
    expect([row?.values[column], row?.pValues[column], row?.counts[column]]).toEqual([1.25, 0.01, 2]);
    expect(leaderboard.metrics.some((name) => name.endsWith('p_value'))).toBe(false);
  });

  it('gives no rank to what was scored on a part or on an unknown edition, and says which tasks were', async () => {
    const whole = { state: 'whole', name: 'squares', examples: 1, of: 1 } as const;
    const part = { state: 'part', name: 'official', examples: 1, of: 8036 } as const;
    const unknown = { state: 'unknown', name: null, examples: 1, of: null } as const;
    const ids = new Map<string, string>();
    for (const [name, edition] of Object.entries({ whole, part, unknown })) {
      const { evaluationId } = await submitStored(test.db, `edition ${name}`);
      await acceptAs(test.db, evaluationId, { shards: { clevr: [1] }, edition });
      await scoreNext(test.db, evaluationId, name === 'whole' ? 0.5 : 0.9);
      ids.set(evaluationId, name);
    }
    const { leaderboard } = await ask(test.url, EditionsOfRowsDocument, {});
    const rows = leaderboard.edges.map(({ node }) => node).filter(({ evaluation }) => ids.has(evaluation.id));
    // what has no rank comes last, whatever its value, and moves nobody else's place
    expect(ids.get(rows[0]!.evaluation.id)).toBe('whole');
    expect(rows[0]).toMatchObject({ rankFirst: 1, rankLast: 1, notWhole: [] });
    for (const row of each(rows)) {
      const edition = { whole, part, unknown }[ids.get(row.evaluation.id) as 'whole' | 'part' | 'unknown'];
      const tasks = [{ edition: { ...edition, state: edition.state.toUpperCase() } }];
      expect(row.evaluation).toMatchObject({ tasks });
      if (edition !== whole) expect(row).toMatchObject({ rankFirst: null, rankLast: null, notWhole: ['clevr'] });
    }
    for (const id of ids.keys()) await cancel(test.db, 'anonymous', id);
  });
});
