import { loadTask } from '@gdbench/benchmark/load';
import { pairedTest } from '@gdbench/benchmark/paired';
import type { ExampleScores, TaskData } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { ask } from '@gdbench/schema/ask';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComparisonDocument } from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { scored, submitStored } from '../../../test/support/evaluation.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { scoresOf } from '../../../test/support/metric-data.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

let test: TestApi;
const root = newFolder();
let clevr: TaskData;
let winoground: TaskData;
beforeAll(async () => {
  await writeTinyData(root);
  [clevr, winoground] = await Promise.all([loadTask(root, 'clevr'), loadTask(root, 'winoground')]);
  test = await startTestApi({ GDBENCH_DATA: root });
});
afterAll(() => test.close());

const compare = async (left: string, right: string, tasks?: string[]) =>
  (await ask(test.url, ComparisonDocument, { left, right, tasks })).comparison;

/** Of two that can be compared. */
async function compared(left: string, right: string, tasks?: string[]) {
  const answer = await compare(left, right, tasks);
  if (answer.__typename !== 'Comparison') throw new Error(answer.message);
  return answer;
}

/** Right where `isRight` says so, ties nowhere. */
const answers = (data: TaskData, isRight: (index: number) => boolean): ExampleScores[] =>
  scoresOf(data, ({ index }, text, image) => ((text === image) === isRight(index) ? 1 : -1));

describe('comparison', () => {
  it('gives what the paired test gives on the stored scores, and what counting gives', async () => {
    const ofLeft = answers(clevr, (i) => i % 4 !== 0);
    const ofRight = answers(clevr, (i) => i % 3 === 0);
    const images = [answers(winoground, () => true), answers(winoground, (i) => i === 1)] as const;
    const left = await scored(test.db, 'left', [
      { data: clevr, scores: ofLeft },
      { data: winoground, scores: images[0] },
    ]);
    const right = await scored(test.db, 'right', [
      { data: clevr, scores: ofRight },
      { data: winoground, scores: images[1] },
    ]);
    const answer = await compared(left.evaluationId, right.evaluationId);
    const of = (data: TaskData, a: ExampleScores[], b: ExampleScores[]) => ({
      task: data.task,
      dataVersion: data.dataVersion,
      metrics: pairedTest(data, a, b).map(({ mcnemar: _, test: kind, ...rest }) => ({
        ...rest,
        test: kind === 'mcnemar' ? 'MCNEMAR' : 'SIGN_FLIP',
      })),
    });
    expect(answer).toEqual({
      __typename: 'Comparison',
      left: { id: left.evaluationId },
      right: { id: right.evaluationId },
      differences: [],
      tasks: [of(clevr, ofLeft, ofRight), of(winoground, ...images)],
      leftOut: [],
    });

    const spatial = clevr.examples.filter(({ group }) => group === 'spatial').map(({ index }) => index);
    const count = (fits: (i: number) => boolean) => spatial.filter(fits).length;
    expect(answer.tasks[0]?.metrics.find(({ metric }) => metric === 'spatial')).toMatchObject({
      n: spatial.length,
      a: count((i) => i % 4 !== 0) / spatial.length,
      b: count((i) => i % 3 === 0) / spatial.length,
      onlyA: count((i) => i % 4 !== 0 && i % 3 !== 0),
      onlyB: count((i) => i % 4 === 0 && i % 3 === 0),
    });
    const group = answer.tasks[1]?.metrics.find(({ metric }) => metric === 'group');
    expect(group).toMatchObject({ n: 3, a: 1, b: 1 / 3, onlyA: 2, onlyB: 0 });
    expect(group?.difference).toBeCloseTo(2 / 3, 12);
  });

  it('compares the tasks asked for alone, and says of others why not', async () => {
    const other = { ...winoground, dataVersion: '0123456789abcdef' };
    const right = (data: TaskData) => ({ data, scores: answers(data, () => true) });
    const left = await scored(test.db, 'of two tasks', [right(clevr), right(winoground)]);
    const mixed = await scored(test.db, 'of other data', [right(clevr), right(other)]);
    const single = await scored(test.db, 'of one task', [right(clevr)]);
    const alone = await compared(left.evaluationId, mixed.evaluationId, ['clevr']);
    expect([alone.tasks.map(({ task }) => task), alone.leftOut]).toEqual([['clevr'], []]);
    const both = await compared(left.evaluationId, mixed.evaluationId);
    expect(both.tasks.map(({ task }) => task)).toEqual(['clevr']);
    expect(both.leftOut).toEqual([
      {
        task: 'winoground',
        reason: `The two were scored on different data (versions ${winoground.dataVersion} and ${other.dataVersion}).`,
      },
    ]);
    expect((await compared(left.evaluationId, single.evaluationId)).leftOut).toEqual([
      { task: 'winoground', reason: 'The right one, of one task, was not scored on it.' },
    ]);
    const twin = await scored(test.db, 'of the same other data', [right(other)]);
    expect(await compare(mixed.evaluationId, twin.evaluationId, ['winoground', 'mmbias'])).toMatchObject({
      __typename: 'InvalidInputError',
      code: 'NOTHING_IN_COMMON',
      message: expect.stringContaining(
        `Both were scored on version ${other.dataVersion}. The board has version ${winoground.dataVersion} of its data now.`,
      ),
    });
  });

  it('says what else differs', async () => {
    const tasks = [{ data: clevr, scores: answers(clevr, () => true) }];
    const sampled = { protocol: 'diffusion-itm', samples: 10, seed: 1 } as const;
    const left = await scored(test.db, 'ten samples', tasks, sampled);
    const right = await scored(test.db, 'more samples', tasks, { ...sampled, samples: 25 });
    const encoder = await scored(test.db, 'nothing sampled', tasks);
    const differences = async (id: string) => compared(left.evaluationId, id);
    expect((await differences(right.evaluationId)).differences).toEqual([
      { setting: 'samples', left: '10', right: '25' },
    ]);
    expect((await differences(encoder.evaluationId)).differences).toEqual([
      { setting: 'protocol', left: 'diffusion-itm', right: 'cosine' },
    ]);
    const now = { where: { id: left.evaluationId }, select: { codeVersion: true } };
    expect(await test.db.prisma.evaluation.findUniqueOrThrow(now)).toEqual({ codeVersion: CODE_VERSION });
    await test.db.prisma.evaluation.update({ where: { id: encoder.evaluationId }, data: { codeVersion: '0.0.1' } });
    expect((await differences(encoder.evaluationId)).differences).toContainEqual({
      setting: 'codeVersion',
      left: CODE_VERSION,
      right: '0.0.1',
    });
    // scored before it was kept
    await test.db.prisma.evaluation.update({ where: { id: encoder.evaluationId }, data: { codeVersion: null } });
    expect((await differences(encoder.evaluationId)).differences).toHaveLength(1);
  });

  it('computes once, however many ask for it at the same time', async () => {
    const tasks = [{ data: clevr, scores: answers(clevr, (i) => i % 2 === 0) }];
    const left = await scored(test.db, 'asked often', tasks);
    const right = await scored(test.db, 'asked often too', tasks);
    const first = await compared(left.evaluationId, right.evaluationId);
    // what is kept needs the scores no more
    await test.db.pool.query('DELETE FROM "ExampleScore" WHERE "evaluationId" = $1', [left.evaluationId]);
    const again = await Promise.all(Array.from({ length: 20 }, () => compare(left.evaluationId, right.evaluationId)));
    for (const one of again) expect(one).toEqual(first);
  });
});

describe('what is not compared is refused with a sentence', () => {
  const everything = () => [{ data: clevr, scores: answers(clevr, () => true) }];

  it('an evaluation that is not there, or twice the same', async () => {
    const { evaluationId } = await scored(test.db, 'alone', everything());
    for (const id of ['junk', '', '01890000-0000-7000-8000-000000000000'])
      expect(await compare(evaluationId, id)).toMatchObject({
        __typename: 'NotFoundError',
        code: 'EVALUATION_NOT_FOUND',
        message: `There is no evaluation with the id "${id}".`,
      });
    expect(await compare(evaluationId, evaluationId.toUpperCase())).toMatchObject({
      __typename: 'InvalidInputError',
      code: 'SAME_EVALUATION',
      field: 'right',
    });
  });

  it('one that is not finished', async () => {
    const done = await scored(test.db, 'finished', everything());
    const { evaluationId } = await submitStored(test.db, 'still waiting');
    for (const pair of [
      [done.evaluationId, evaluationId],
      [evaluationId, done.evaluationId],
    ] as const)
      expect(await compare(...pair)).toMatchObject({
        __typename: 'WrongStateError',
        code: 'EVALUATION_NOT_DONE',
        state: 'INSPECTING',
        message: expect.stringContaining('still waiting is INSPECTING'),
      });
  });

  it('a race with what is none, and other examples', async () => {
    const exact = await scored(test.db, 'exact', everything(), { protocol: 'diffusion-itm' });
    const race = await scored(test.db, 'race', everything(), { protocol: 'diffusion-itm-adaptive' });
    const second = await scored(test.db, 'second race', everything(), { protocol: 'diffusion-itm-adaptive' });
    expect(await compare(exact.evaluationId, race.evaluationId)).toMatchObject({
      code: 'RACE_AND_EXACT',
      message: expect.stringContaining('diffusion-itm and diffusion-itm-adaptive'),
    });
    expect(await compare(race.evaluationId, second.evaluationId)).toMatchObject({ __typename: 'Comparison' });
    const limited = await loadTask(root, 'clevr', { limit: 2 });
    const first = await scored(test.db, 'first two', [{ data: limited, scores: answers(limited, () => true) }], {
      protocol: 'diffusion-itm',
      limit: 2,
    });
    expect(await compare(exact.evaluationId, first.evaluationId)).toMatchObject({
      code: 'OTHER_EXAMPLES',
      message: 'The two were scored on other examples: all, and the first 2 of each subtask or group.',
    });
  });

  it.each([
    [['clever'], /tasks holds "clever": give some of clevr, /],
    [[], /tasks is empty/],
  ])('tasks %j', async (tasks, sentence) => {
    const refused = compare('a', 'b', tasks);
    await expect(refused).rejects.toMatchObject({
      errors: [{ message: expect.stringMatching(sentence), extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });
});
