import { cancel } from '@gdbench/prisma/evaluations';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { acceptAs, finishAs, scoreNext, submitStored } from '../../../test/support/drive.ts';
import { openSocket, type TestSocket } from '../../../test/support/socket.ts';

let test: TestApi;
const opened: TestSocket[] = [];
beforeAll(async () => {
  test = await startTestApi();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((socket) => socket.close()));
});
afterAll(() => test.close());

async function open(url = test.url): Promise<TestSocket> {
  const socket = await openSocket(url);
  opened.push(socket);
  return socket;
}

const PROGRESS = `subscription ($id: ID!) { evaluationProgress(id: $id) {
  id state shardsDone shardsTotal results { metric value n complete } } }`;
const BOARD = `subscription ($first: Int) { leaderboardChanged(first: $first) {
  boardVersion edges { node { evaluation { id state shardsDone } } } } }`;

interface Progress {
  evaluationProgress: { id: string; state: string; shardsDone: number; shardsTotal: number; results: unknown[] } | null;
}
interface Changed {
  leaderboardChanged: {
    boardVersion: number;
    edges: { node: { evaluation: { id: string; state: string; shardsDone: number } } }[];
  };
}

const rowOf = ({ leaderboardChanged }: Changed, id: string) =>
  leaderboardChanged.edges.find(({ node }) => node.evaluation.id === id)?.node.evaluation;

/** Ends every connection to the test's database but the asker's own. */
const cutConnections = () =>
  test.db.pool.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );

describe('evaluationProgress', () => {
  it('begins with the present state, follows every stage, and ends with the evaluation', async () => {
    const { evaluationId } = await submitStored(test.db, 'followed');
    const socket = await open();
    socket.subscribe('1', PROGRESS, { id: evaluationId });
    expect(await socket.data<Progress>('1')).toMatchObject({
      evaluationProgress: { id: evaluationId, state: 'INSPECTING' },
    });
    await acceptAs(test.db, evaluationId);
    await socket.until<Progress>('1', ({ evaluationProgress }) => evaluationProgress?.state === 'QUEUED');
    await scoreNext(test.db, evaluationId, 0.5);
    const half = await socket.until<Progress>('1', ({ evaluationProgress }) => evaluationProgress?.shardsDone === 1);
    expect(half.evaluationProgress).toMatchObject({
      state: 'SCORING',
      results: [{ metric: 'average', value: 0.5, n: 1, complete: false }],
    });
    await scoreNext(test.db, evaluationId, 0.75);
    const last = await socket.until<Progress>('1', ({ evaluationProgress }) => evaluationProgress?.shardsDone === 2);
    expect(last.evaluationProgress).toMatchObject({
      state: 'DONE',
      results: [{ metric: 'average', value: 0.75, n: 2, complete: true }],
    });
    expect((await socket.next('1')).type).toBe('complete');
  });

  it('gives an ended evaluation once and then ends', async () => {
    const id = await finishAs(test.db, 'ended before', 0.6);
    const socket = await open();
    socket.subscribe('1', PROGRESS, { id: id.toUpperCase() });
    expect(await socket.data<Progress>('1')).toMatchObject({ evaluationProgress: { id, state: 'DONE' } });
    expect((await socket.next('1')).type).toBe('complete');
  });

  it.each(['nonsense', '01890000-0000-7000-8000-000000000000'])('is null for %s, and ends', async (id) => {
    const socket = await open();
    socket.subscribe('1', PROGRESS, { id });
    expect(await socket.data<Progress>('1')).toEqual({ evaluationProgress: null });
    expect((await socket.next('1')).type).toBe('complete');
  });

  it('tells all who watch, over several sockets and API processes', async () => {
    const second = await test.another();
    const { evaluationId } = await submitStored(test.db, 'watched by many');
    const sockets = [await open(), await open(), await open(second.url)];
    for (const socket of sockets) socket.subscribe('1', PROGRESS, { id: evaluationId });
    for (const socket of sockets) await socket.data('1');
    await cancel(test.db, evaluationId);
    for (const socket of sockets) {
      await socket.until<Progress>('1', ({ evaluationProgress }) => evaluationProgress?.state === 'CANCELLED');
      expect((await socket.next('1')).type).toBe('complete');
    }
    await Promise.all(opened.splice(0).map((socket) => socket.close()));
    await second.close();
  });
});

describe('leaderboardChanged', () => {
  it('begins with the present page and follows every change', async () => {
    const socket = await open();
    socket.subscribe('1', BOARD, { first: 100 });
    const before = await socket.data<Changed>('1');
    const { evaluationId } = await submitStored(test.db, 'appears');
    await acceptAs(test.db, evaluationId);
    await socket.until<Changed>('1', (board) => rowOf(board, evaluationId)?.state === 'QUEUED');
    await scoreNext(test.db, evaluationId, 0.7);
    await scoreNext(test.db, evaluationId, 0.7);
    const after = await socket.until<Changed>('1', (board) => rowOf(board, evaluationId)?.state === 'DONE');
    expect(after.leaderboardChanged.boardVersion).toBeGreaterThan(before.leaderboardChanged.boardVersion);
    socket.send({ id: '1', type: 'complete' });
  });
});

describe('a lost connection to the database', () => {
  it('is made anew, subscribers get the present state, and further changes arrive', async () => {
    const { evaluationId } = await submitStored(test.db, 'survives');
    const socket = await open();
    socket.subscribe('progress', PROGRESS, { id: evaluationId });
    socket.subscribe('board', BOARD, { first: 100 });
    await socket.data('progress');
    await socket.data('board');
    await cutConnections();
    // nothing has changed: what comes is the present state after the gap
    expect(await socket.data<Progress>('progress')).toMatchObject({ evaluationProgress: { state: 'INSPECTING' } });
    await socket.data('board');
    await acceptAs(test.db, evaluationId, { examples: 1 });
    await scoreNext(test.db, evaluationId, 0.8);
    await socket.until<Progress>('progress', ({ evaluationProgress }) => evaluationProgress?.state === 'DONE');
    await socket.until<Changed>('board', (board) => rowOf(board, evaluationId)?.state === 'DONE');
    expect((await fetch(`${test.url}/readyz`)).status).toBe(200);
  });
});

describe('a socket', () => {
  it('answers faulty operations with errors and stays open', async () => {
    const socket = await open();
    const faulty = [
      'subscription { leaderboardChanged(',
      'subscription { secrets }',
      `{ __type(name: "Query") ${'{ ofType '.repeat(14)} { name } ${'}'.repeat(14)} }`,
      'subscription { leaderboardChanged(first: 1000) { total } }',
      'query A { tasks { name } } query B { tasks { name } }',
    ];
    for (const [i, query] of faulty.entries()) {
      socket.subscribe(`${i}`, query);
      const message = await socket.next(`${i}`);
      expect(JSON.stringify(message)).toMatch(/"message":"[^"]+"/);
      expect(message.type === 'error' || 'errors' in (message.payload as object)).toBe(true);
      expect(JSON.stringify(message)).not.toMatch(/node_modules|stack/);
    }
    socket.subscribe('ok', '{ tasks { name } }');
    expect(await socket.data('ok')).toMatchObject({ tasks: expect.any(Array) });
  });

  it('is closed when its message is too large or no protocol at all', async () => {
    const large = await open();
    large.subscribe('1', `{ tasks { name } } # ${'x'.repeat(300_000)}`);
    expect(await large.closed).toBe(1009);
    const odd = await open();
    odd.send({ type: 'nonsense' });
    expect(await odd.closed).toBe(4400);
    expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
  });

  it('leaves nothing behind when it breaks off', async () => {
    const { evaluationId } = await submitStored(test.db, 'left alone');
    const socket = await openSocket(test.url);
    socket.subscribe('1', BOARD);
    socket.subscribe('2', PROGRESS, { id: evaluationId });
    await socket.data('1');
    await socket.data('2');
    await socket.close();
    const metric = async (name: string) => {
      const text = await (await fetch(`${test.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
    };
    for (const name of ['gdbench_sockets', 'gdbench_subscriptions', 'gdbench_live_topics'])
      await expect.poll(() => metric(name)).toBe(0);
  });

  it('is refused to foreign pages and foreign names', async () => {
    await expect(openSocket(test.url, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(openSocket(test.url, { host: 'evil.example' })).rejects.toThrow('403');
    await expect(openSocket(`${test.url}/elsewhere`)).rejects.toThrow('404');
  });

  it('is closed in order when the API ends, and an API on the same state goes on', async () => {
    const second = await test.another();
    const socket = await openSocket(second.url);
    socket.subscribe('1', BOARD);
    await socket.data('1');
    await second.close();
    expect(await socket.closed).toBe(1001);
    await expect(fetch(`${second.url}/healthz`)).rejects.toThrow();
  });
});
