import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { ask } from '@gdbench/schema/ask';
import { openStorage } from '@gdbench/storage/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BoardDocument,
  BoardOfProtocolDocument,
  type BoardQuery,
  type BoardQueryVariables,
  BoardTotalDocument,
  CancelEvaluationDocument,
  EvaluationDocument,
  EvaluationOrSubmissionDocument,
  LogOfEvaluationDocument,
  SubmissionsOfCheckpointDocument,
  SubmitCheckpointDocument,
  type SubmitCheckpointInput,
} from '../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../test/support/api.ts';
import { each } from '../../test/support/each.ts';
import { acceptAs, finishAs, scoreNext, sha256, submitStored } from '../../test/support/evaluation.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());

const board = async (variables: BoardQueryVariables, url = test.url) =>
  (await ask(url, BoardDocument, variables)).leaderboard;
type Board = BoardQuery['leaderboard'];

/** Of an operation that is refused: code and sentence. */
const badInput = (sentence: RegExp) => ({
  errors: [{ message: expect.stringMatching(sentence), extensions: { code: 'BAD_USER_INPUT' } }],
});

describe('the leaderboard', () => {
  it('orders rows by the ranking metric, aligns their lists with the columns, and pages through all of them', async () => {
    const averages = [0.61, 0.95, 0.7, 0.95, 0.52];
    const ids: string[] = [];
    for (const [i, average] of averages.entries())
      ids.push((await finishAs(test.db, `model ${i}`, average)).evaluationId);
    const half = await submitStored(test.db, 'half scored');
    await acceptAs(test.db, half.evaluationId);
    await scoreNext(test.db, half.evaluationId, 0.99);

    const leaderboard = await board({ first: 100 });
    expect(leaderboard.total).toBe(6);
    expect(leaderboard.active).toBe(1);
    expect(leaderboard.rankingMetric).toBe('clevr.average');
    const column = leaderboard.metrics.indexOf('clevr.average');
    const nodes = leaderboard.edges.map(({ node }) => node);
    expect(nodes.map((node) => node.values[column])).toEqual([0.95, 0.95, 0.7, 0.61, 0.52, 0.99]);
    for (const node of each(nodes))
      for (const list of [node.values, node.lows, node.highs, node.counts, node.complete, node.pValues])
        expect(list).toHaveLength(leaderboard.metrics.length);
    const unfinished = nodes.at(-1);
    expect(unfinished).toMatchObject({
      evaluation: { id: half.evaluationId, state: 'SCORING', shardsDone: 1, shardsTotal: 2 },
      rankFirst: null,
      rankLast: null,
    });
    expect(unfinished?.complete[column]).toBe(false);
    expect(unfinished?.counts[column]).toBe(1);
    // intervals are ±0.05: the two at 0.95 cannot be told apart, nor the three others in a chain
    expect(nodes.slice(0, 5).map(({ rankFirst, rankLast }) => [rankFirst, rankLast])).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 5],
      [4, 5],
    ]);
    const other = leaderboard.metrics.indexOf('clevr.spatial');
    expect([nodes[0]?.values[other], nodes[0]?.counts[other], nodes[0]?.complete[other]]).toEqual([null, null, false]);

    const paged: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: Board = await board({ first: 2, after });
      paged.push(...page.edges.map(({ node }) => node.evaluation.id));
      after = page.pageInfo.endCursor;
      more = page.pageInfo.hasNextPage;
    }
    expect(paged).toEqual(nodes.map(({ evaluation }) => evaluation.id));
    expect(new Set(paged)).toEqual(new Set([...ids, half.evaluationId]));
  });

  it('keeps rows of another protocol in a list of their own, ranked among themselves', async () => {
    const before = await ask(test.url, BoardOfProtocolDocument, {});
    const { evaluationId } = await submitStored(test.db, 'adaptive');
    await acceptAs(test.db, evaluationId, { shards: { clevr: [1] }, protocol: 'diffusion-itm-adaptive' });
    await scoreNext(test.db, evaluationId, 0.99);
    expect(await ask(test.url, BoardOfProtocolDocument, {})).toMatchObject({
      leaderboard: { total: before.leaderboard.total, otherProtocols: ['diffusion-itm-adaptive'] },
    });
    const leaderboard = await board({ first: 100 });
    expect(leaderboard.edges.map(({ node }) => node.evaluation.id)).not.toContain(evaluationId);
    expect(await ask(test.url, BoardOfProtocolDocument, { protocol: 'diffusion-itm-adaptive' })).toEqual({
      leaderboard: {
        total: 1,
        otherProtocols: ['diffusion-itm'],
        edges: [
          {
            node: {
              evaluation: {
                id: evaluationId,
                protocol: 'diffusion-itm-adaptive',
                samples: 25,
                codeVersion: CODE_VERSION,
                artifacts: [],
              },
              rankFirst: 1,
              rankLast: 1,
            },
          },
        ],
      },
    });
    await expect(ask(test.url, BoardTotalDocument, { protocol: 'guess' })).rejects.toThrow(
      /^protocol is "guess": give one of diffusion-itm, /,
    );
  });

  it('shows a change at once, also to a second API process that has the page in its cache', async () => {
    const second = await test.another();
    const before = await board({ first: 100 }, second.url);
    const { evaluationId: id } = await finishAs(test.db, 'newcomer', 0.8);
    for (const url of [test.url, second.url]) {
      const leaderboard = await board({ first: 100 }, url);
      expect(leaderboard.boardVersion).toBeGreaterThan(before.boardVersion);
      expect(leaderboard.edges.map(({ node }) => node.evaluation.id)).toContain(id);
    }
    await second.close();
  });

  it('reads a page from the database once per version, however many ask at the same time', async () => {
    const reads = async () => {
      const text = await (await fetch(`${test.url}/metrics`)).text();
      return Number(/gdbench_board_reads_total\{source="database"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    await finishAs(test.db, 'one more', 0.5);
    const before = await reads();
    await Promise.all(Array.from({ length: 30 }, () => board({ first: 37 })));
    expect((await reads()) - before).toBe(1);
  });

  it.each([
    [{ first: 0 }, /1 to 100 rows/],
    [{ first: 101 }, /1 to 100 rows/],
    [{ after: 'junk' }, /cursor/],
    [{ after: Buffer.from('[1,2]').toString('base64url') }, /cursor/],
  ])('answers %j with a sentence', async (variables, sentence) => {
    await expect(ask(test.url, BoardTotalDocument, variables)).rejects.toMatchObject(badInput(sentence));
  });
});

describe('an evaluation', () => {
  it('tells its tasks, its results and what was not sampled', async () => {
    const { evaluationId } = await submitStored(test.db, 'dual encoder');
    await acceptAs(test.db, evaluationId, { protocol: 'cosine' });
    await scoreNext(test.db, evaluationId, 0.75);
    const { evaluation } = await ask(test.url, EvaluationDocument, { id: evaluationId });
    expect(evaluation).toEqual({
      id: evaluationId,
      state: 'SCORING',
      protocol: 'cosine',
      samples: null,
      seed: null,
      limit: null,
      shardsDone: 1,
      shardsTotal: 2,
      rowsDone: 10,
      rowsTotal: 20,
      place: null,
      workers: 0,
      failure: null,
      checkpoint: {
        kind: 'DUAL_ENCODER',
        parameters: 1234,
        inputSize: 64,
        predictionType: null,
        checks: ['Its files are whole.'],
      },
      tasks: [{ task: 'clevr', examples: 2, examplesDone: 1, shardsDone: 1, shardsTotal: 2 }],
      results: [
        { task: 'clevr', metric: 'average', value: 0.75, low: 0.7, high: 0.8, chance: 0.5, n: 1, complete: false },
      ],
      bytesStored: 300,
      bytesTotal: 300,
      log: [],
    });
  });

  it.each(['junk', '', "' OR 1=1", '01890000-0000-7000-8000-000000000000'])(
    'has no evaluation or submission %j',
    async (id) => {
      const found = await ask(test.url, EvaluationOrSubmissionDocument, { id });
      expect(found).toEqual({ evaluation: null, submission: null });
    },
  );

  it('can be cancelled once, and says why not otherwise', async () => {
    const { evaluationId } = await submitStored(test.db, 'to be cancelled');
    const cancel = async (id: string) => (await ask(test.url, CancelEvaluationDocument, { id })).cancelEvaluation;
    expect(await cancel(evaluationId)).toEqual({
      __typename: 'CancelEvaluationSuccess',
      evaluation: { state: 'CANCELLED' },
    });
    expect(await cancel(evaluationId)).toMatchObject({
      __typename: 'WrongStateError',
      state: 'CANCELLED',
      code: 'EVALUATION_ENDED',
    });
    expect(await cancel('nonsense')).toEqual({ __typename: 'NotFoundError', code: 'EVALUATION_NOT_FOUND' });
  });

  it('refuses a log of no or of endless length', async () => {
    const { evaluationId } = await submitStored(test.db, 'log');
    for (const last of [0, 100_000]) {
      const asked = ask(test.url, LogOfEvaluationDocument, { id: evaluationId, last });
      await expect(asked).rejects.toMatchObject(badInput(/./));
    }
  });
});

describe('submitCheckpoint', () => {
  const submit = async (input: SubmitCheckpointInput) =>
    (await ask(test.url, SubmitCheckpointDocument, { input })).submitCheckpoint;
  /** One that is taken. */
  async function submitted(input: SubmitCheckpointInput) {
    const answer = await submit(input);
    if (answer.__typename !== 'SubmitCheckpointSuccess') throw new Error(answer.message);
    return answer.submission;
  }
  const model = { path: 'unet/model.onnx', size: 5, sha256: sha256('model') };
  const index = { path: 'model_index.json', size: 2, sha256: sha256('{}') };
  const files = [model, index];

  it('takes a manifest, says where its files go, and gives the same submission back until it is complete', async () => {
    const submission = await submitted({ name: 'mine', files });
    expect(submission).toMatchObject({
      checkpoint: { name: 'mine', bytes: 7 },
      evaluation: { state: 'UPLOADING', bytesTotal: 7, samples: 25, seed: 0 },
    });
    expect(submission.files.map(({ path }) => path)).toEqual(['model_index.json', 'unet/model.onnx']);
    for (const file of each(submission.files))
      expect(file).toMatchObject({ stored: false, uploadUrl: `/uploads/${file.id}` });
    expect(await submitted({ name: 'mine', files: [...files].reverse() })).toEqual(submission);
    const other = await submitted({ name: 'mine too', files });
    expect(other.id).not.toBe(submission.id);
  });

  it('tells the submissions of a checkpoint by its sha256, newest first', async () => {
    const made = [];
    for (const name of ['one', 'two']) made.push(await submitted({ name, files: [{ ...model, path: 'only.onnx' }] }));
    const { sha256: checkpoint } = made[0]!.checkpoint;
    expect(await ask(test.url, SubmissionsOfCheckpointDocument, { sha256: checkpoint })).toEqual({
      submissions: [...made].reverse().map(({ id }) => ({ id, evaluation: { state: 'UPLOADING' } })),
    });
  });

  it('refuses a size that is not that of the stored file', async () => {
    const storage = await openStorage(test.config.storage);
    const path = join(test.home, 'model');
    await writeFile(path, 'model');
    await storage.put(sha256('model'), path);
    expect(await submit({ name: 'mine', files: [{ ...model, size: 4 }] })).toMatchObject({
      code: 'INVALID_SIZE',
      field: 'files[0].size',
    });
  });

  it('answers a fault with code, sentence, remedy and field', async () => {
    const answer = await submit({ name: 'bad', files: [model, { ...index, path: '../model_index.json' }] });
    expect(answer).toEqual({
      __typename: 'InvalidInputError',
      code: 'INVALID_PATH',
      field: 'files[1].path',
      message: expect.stringContaining('../model_index.json'),
      remedy: expect.stringMatching(/\.$/),
    });
  });
});
