import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStorage } from '@gdbench/storage/storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/support/api.ts';
import { acceptAs, finishAs, scoreNext, sha256, submitStored } from '../../test/support/drive.ts';
import { request } from '../../test/support/graphql.ts';
import { askApi } from '../../test/support/post.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());

const ask = (query: string, variables: Record<string, unknown> = {}) => askApi(test.url, query, variables);

const BOARD = `query ($first: Int, $after: String) { leaderboard(first: $first, after: $after) {
  boardVersion metrics rankingMetric total active
  edges { cursor node { checkpoint { id name kind } evaluation { id state shardsDone shardsTotal }
    rankFirst rankLast values lows highs counts complete pValues } }
  pageInfo { hasNextPage endCursor } } }`;

interface Board {
  leaderboard: {
    boardVersion: number;
    metrics: string[];
    rankingMetric: string;
    total: number;
    active: number;
    edges: {
      cursor: string;
      node: {
        checkpoint: { id: string; name: string; kind: string };
        evaluation: { id: string; state: string; shardsDone: number; shardsTotal: number };
        rankFirst: number | null;
        rankLast: number | null;
        values: (number | null)[];
        lows: (number | null)[];
        highs: (number | null)[];
        counts: (number | null)[];
        complete: boolean[];
        pValues: (number | null)[];
      };
    }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

describe('the leaderboard', () => {
  it('orders rows by the ranking metric, aligns their lists with the columns, and pages through all of them', async () => {
    const averages = [0.61, 0.95, 0.7, 0.95, 0.52];
    const ids: string[] = [];
    for (const [i, average] of averages.entries()) ids.push(await finishAs(test.db, `model ${i}`, average));
    const half = await submitStored(test.db, 'half scored');
    await acceptAs(test.db, half.evaluationId);
    await scoreNext(test.db, half.evaluationId, 0.99);

    const { leaderboard } = await request<Board>(test.url, BOARD, { first: 100 });
    expect(leaderboard.total).toBe(6);
    expect(leaderboard.active).toBe(1);
    expect(leaderboard.rankingMetric).toBe('clevr.average');
    const column = leaderboard.metrics.indexOf('clevr.average');
    const nodes = leaderboard.edges.map(({ node }) => node);
    expect(nodes.map((node) => node.values[column])).toEqual([0.95, 0.95, 0.7, 0.61, 0.52, 0.99]);
    for (const node of nodes)
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
      const page: Board = await request<Board>(test.url, BOARD, { first: 2, after });
      paged.push(...page.leaderboard.edges.map(({ node }) => node.evaluation.id));
      after = page.leaderboard.pageInfo.endCursor;
      more = page.leaderboard.pageInfo.hasNextPage;
    }
    expect(paged).toEqual(nodes.map(({ evaluation }) => evaluation.id));
    expect(new Set(paged)).toEqual(new Set([...ids, half.evaluationId]));
  });

  it('keeps rows of another protocol in a list of their own, ranked among themselves', async () => {
    const LIST = `query ($protocol: String) { leaderboard(first: 100, protocol: $protocol) { total otherProtocols
      edges { node { evaluation { id protocol samples artifacts { sha256 } } rankFirst rankLast } } } }`;
    const before = await request<{ leaderboard: { total: number } }>(test.url, LIST);
    const { evaluationId } = await submitStored(test.db, 'adaptive');
    await acceptAs(test.db, evaluationId, { examples: 1, protocol: 'diffusion-itm-adaptive' });
    await scoreNext(test.db, evaluationId, 0.99);
    expect(await request(test.url, LIST)).toMatchObject({
      leaderboard: { total: before.leaderboard.total, otherProtocols: ['diffusion-itm-adaptive'] },
    });
    const { leaderboard } = await request<Board>(test.url, BOARD, { first: 100 });
    expect(leaderboard.edges.map(({ node }) => node.evaluation.id)).not.toContain(evaluationId);
    expect(await request(test.url, LIST, { protocol: 'diffusion-itm-adaptive' })).toEqual({
      leaderboard: {
        total: 1,
        otherProtocols: ['diffusion-itm'],
        edges: [
          {
            node: {
              evaluation: { id: evaluationId, protocol: 'diffusion-itm-adaptive', samples: 5, artifacts: [] },
              rankFirst: 1,
              rankLast: 1,
            },
          },
        ],
      },
    });
    const { body } = await ask('{ leaderboard(protocol: "guess") { total } }');
    expect(body.errors?.[0]?.message).toMatch(/^protocol is "guess": give one of diffusion-itm, /);
  });

  it('shows a change at once, also to a second API process that has the page in its cache', async () => {
    const second = await test.another();
    const before = await request<Board>(second.url, BOARD, { first: 100 });
    const id = await finishAs(test.db, 'newcomer', 0.8);
    for (const url of [test.url, second.url]) {
      const { leaderboard } = await request<Board>(url, BOARD, { first: 100 });
      expect(leaderboard.boardVersion).toBeGreaterThan(before.leaderboard.boardVersion);
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
    await Promise.all(Array.from({ length: 30 }, () => request<Board>(test.url, BOARD, { first: 37 })));
    expect((await reads()) - before).toBe(1);
  });

  it.each([
    ['{ leaderboard(first: 0) { total } }', /1 to 100 rows/],
    ['{ leaderboard(first: 101) { total } }', /1 to 100 rows/],
    ['{ leaderboard(after: "junk") { total } }', /cursor/],
    [`{ leaderboard(after: "${Buffer.from('[1,2]').toString('base64url')}") { total } }`, /cursor/],
  ])('answers %s with a sentence', async (query, sentence) => {
    const { body } = await ask(query);
    expect(body.errors?.[0]).toMatchObject({
      message: expect.stringMatching(sentence),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });
});

describe('an evaluation', () => {
  it('tells its tasks, its results and what was not sampled', async () => {
    const { evaluationId } = await submitStored(test.db, 'dual encoder');
    await acceptAs(test.db, evaluationId, { protocol: 'cosine' });
    await scoreNext(test.db, evaluationId, 0.75);
    const { evaluation } = await request<{ evaluation: Record<string, unknown> }>(
      test.url,
      `query ($id: ID!) { evaluation(id: $id) {
        id state protocol samples seed limit shardsDone shardsTotal rowsDone rowsTotal place workers failure { message }
        checkpoint { kind parameters inputSize predictionType checks }
        tasks { task examples examplesDone shardsDone shardsTotal } results { task metric value low high chance n complete }
        bytesStored bytesTotal log(last: 5) { message } } }`,
      { id: evaluationId },
    );
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
      bytesStored: 3,
      bytesTotal: 3,
      log: [],
    });
  });

  it.each(['junk', '', "' OR 1=1", '01890000-0000-7000-8000-000000000000'])(
    'has no evaluation or submission %j',
    async (id) => {
      const { body } = await ask('query ($id: ID!) { evaluation(id: $id) { id } submission(id: $id) { id } }', { id });
      expect(body).toEqual({ data: { evaluation: null, submission: null } });
    },
  );

  it('can be cancelled once, and says why not otherwise', async () => {
    const { evaluationId } = await submitStored(test.db, 'to be cancelled');
    const CANCEL = `mutation ($id: ID!) { cancelEvaluation(id: $id) { __typename
      ... on CancelEvaluationSuccess { evaluation { state } } ... on WrongStateError { state code remedy } ... on NotFoundError { code } } }`;
    const cancel = async (id: string) =>
      ((await ask(CANCEL, { id })).body.data as { cancelEvaluation: unknown }).cancelEvaluation;
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
      const { body } = await ask(`{ evaluation(id: "${evaluationId}") { log(last: ${last}) { id } } }`);
      expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('submitCheckpoint', () => {
  const SUBMIT = `mutation ($input: SubmitCheckpointInput!) { submitCheckpoint(input: $input) { __typename
    ... on SubmitCheckpointSuccess { submission { id checkpoint { name sha256 bytes } evaluation { id state bytesTotal samples seed }
      files { id path size sha256 stored uploadUrl } } }
    ... on UserError { code message remedy } ... on InvalidInputError { field } } }`;
  const submit = async (input: unknown) =>
    ((await ask(SUBMIT, { input })).body.data as { submitCheckpoint: Record<string, unknown> }).submitCheckpoint;
  const files = [
    { path: 'unet/model.onnx', size: 5, sha256: sha256('model') },
    { path: 'model_index.json', size: 2, sha256: sha256('{}') },
  ];

  it('takes a manifest, says where its files go, and gives the same submission back until it is complete', async () => {
    const first = await submit({ name: 'mine', files });
    expect(first).toMatchObject({
      __typename: 'SubmitCheckpointSuccess',
      submission: {
        checkpoint: { name: 'mine', bytes: 7 },
        evaluation: { state: 'UPLOADING', bytesTotal: 7, samples: 25, seed: 0 },
      },
    });
    const { submission } = first as {
      submission: { id: string; files: { id: string; path: string; stored: boolean; uploadUrl: string }[] };
    };
    expect(submission.files.map(({ path }) => path)).toEqual(['model_index.json', 'unet/model.onnx']);
    for (const file of submission.files)
      expect(file).toMatchObject({ stored: false, uploadUrl: `/uploads/${file.id}` });
    expect(await submit({ name: 'mine', files: [...files].reverse() })).toEqual(first);
    const other = (await submit({ name: 'mine too', files })) as { submission: { id: string } };
    expect(other.submission.id).not.toBe(submission.id);
  });

  it('tells the submissions of a checkpoint by its sha256, newest first', async () => {
    const made = [];
    for (const name of ['one', 'two']) made.push(await submit({ name, files: [{ ...files[0], path: 'only.onnx' }] }));
    const ids = made.map((one) => (one as { submission: { id: string } }).submission.id);
    const [first] = made as { submission: { checkpoint: { sha256: string } } }[];
    const found = await ask('query ($sha256: String!) { submissions(sha256: $sha256) { id evaluation { state } } }', {
      sha256: first?.submission.checkpoint.sha256,
    });
    expect(found.body.data).toEqual({
      submissions: [...ids].reverse().map((id) => ({ id, evaluation: { state: 'UPLOADING' } })),
    });
  });

  it('refuses a size that is not that of the stored file', async () => {
    const storage = await openStorage(test.config.storage);
    const path = join(test.home, 'model');
    await writeFile(path, 'model');
    await storage.put(sha256('model'), path);
    expect(await submit({ name: 'mine', files: [{ ...files[0], size: 4 }] })).toMatchObject({
      code: 'INVALID_SIZE',
      field: 'files[0].size',
    });
  });

  it('answers a fault with code, sentence, remedy and field', async () => {
    const answer = await submit({ name: 'bad', files: [files[0], { ...files[1], path: '../model_index.json' }] });
    expect(answer).toEqual({
      __typename: 'InvalidInputError',
      code: 'INVALID_PATH',
      field: 'files[1].path',
      message: expect.stringContaining('../model_index.json'),
      remedy: expect.stringMatching(/\.$/),
    });
  });
});

it('says that it lives and is ready', async () => {
  expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${test.url}/readyz`)).status).toBe(200);
});
