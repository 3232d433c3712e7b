import { cancel } from '@gdbench/prisma/evaluations';
import { workerAlive } from '@gdbench/prisma/workers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  BoardCellsDocument,
  BoardChangedDocument,
  type BoardChangedSubscription,
  EvaluationProgressDocument,
  TasksDocument,
} from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { acceptAs, finishAs, scoreNext, submitStored } from '../../../test/support/evaluation.ts';
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

const rowOf = ({ leaderboardChanged }: BoardChangedSubscription, id: string) =>
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
    const progress = socket.subscribe(EvaluationProgressDocument, { id: evaluationId });
    expect(await progress.data()).toMatchObject({
      evaluationProgress: { id: evaluationId, state: 'INSPECTING' },
    });
    await acceptAs(test.db, evaluationId);
    await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'QUEUED');
    await scoreNext(test.db, evaluationId, 0.5);
    const half = await progress.until(({ evaluationProgress }) => evaluationProgress?.results[0]?.n === 1);
    expect(half.evaluationProgress).toMatchObject({
      state: 'SCORING',
      shardsDone: 1,
      results: [{ metric: 'average', value: 0.5, n: 1, complete: false }],
    });
    await scoreNext(test.db, evaluationId, 0.75);
    const last = await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'DONE');
    expect(last.evaluationProgress).toMatchObject({
      state: 'DONE',
      shardsDone: 2,
      results: [{ metric: 'average', value: 0.75, n: 2, complete: true }],
    });
    expect((await progress.next()).type).toBe('complete');
  });

  it('gives an ended evaluation once and then ends', async () => {
    const { evaluationId: id } = await finishAs(test.db, 'ended before', 0.6);
    const socket = await open();
    const progress = socket.subscribe(EvaluationProgressDocument, { id: id.toUpperCase() });
    expect(await progress.data()).toMatchObject({ evaluationProgress: { id, state: 'DONE' } });
    expect((await progress.next()).type).toBe('complete');
  });

  it.each(['nonsense', '01890000-0000-7000-8000-000000000000'])('is null for %s, and ends', async (id) => {
    const socket = await open();
    const progress = socket.subscribe(EvaluationProgressDocument, { id });
    expect(await progress.data()).toEqual({ evaluationProgress: null });
    expect((await progress.next()).type).toBe('complete');
  });

  it('tells all who watch, over several sockets and API processes', async () => {
    const second = await test.another();
    const { evaluationId } = await submitStored(test.db, 'watched by many');
    const sockets = [await open(), await open(), await open(second.url)];
    const watched = sockets.map((socket) => socket.subscribe(EvaluationProgressDocument, { id: evaluationId }));
    for (const progress of watched) await progress.data();
    await cancel(test.db, 'anonymous', evaluationId);
    for (const progress of watched) {
      await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'CANCELLED');
      expect((await progress.next()).type).toBe('complete');
    }
    await Promise.all(opened.splice(0).map((socket) => socket.close()));
    await second.close();
  });
});

describe('leaderboardChanged', () => {
  it('begins with the present page and follows every change', async () => {
    const socket = await open();
    const board = socket.subscribe(BoardChangedDocument, { first: 100 });
    const before = await board.data();
    const { evaluationId } = await submitStored(test.db, 'appears');
    await acceptAs(test.db, evaluationId);
    await board.until((page) => rowOf(page, evaluationId)?.state === 'QUEUED');
    await scoreNext(test.db, evaluationId, 0.7);
    await scoreNext(test.db, evaluationId, 0.7);
    const after = await board.until((page) => rowOf(page, evaluationId)?.state === 'DONE');
    expect(after.leaderboardChanged.boardVersion).toBeGreaterThan(before.leaderboardChanged.boardVersion);
    socket.send({ id: board.id, type: 'complete' });
  });
});

describe('leaderboardCells', () => {
  it('begins with the whole page, and then says what changed, version by version', async () => {
    const socket = await open();
    const { evaluationId } = await submitStored(test.db, 'changes');
    await acceptAs(test.db, evaluationId);
    const board = socket.subscribe(BoardCellsDocument, { first: 100 });
    const { leaderboardCells: page } = await board.data();
    if (page.__typename !== 'Leaderboard') throw new Error('A change came before the page.');
    expect(page.edges.map(({ node }) => node.evaluation.id)).toContain(evaluationId);
    await scoreNext(test.db, evaluationId, 0.25);
    let version = page.boardVersion;
    const cells: unknown[] = [];
    await board.until(({ leaderboardCells: change }) => {
      if (change.__typename !== 'LeaderboardChange') throw new Error('A whole page came again.');
      expect(change.before).toBe(version);
      expect(change.after).toBeGreaterThan(change.before);
      version = change.after;
      cells.push(...change.cells);
      return change.cells.length > 0;
    });
    expect(cells).toEqual([{ evaluationId, metric: 'clevr.average', value: 0.25 }]);
    await cancel(test.db, 'anonymous', evaluationId);
    const gone = await board.until(
      ({ leaderboardCells: change }) => change.__typename === 'LeaderboardChange' && change.removed.length > 0,
    );
    expect(gone.leaderboardCells).toMatchObject({ removed: [evaluationId], cells: [] });
  });

  it('is read once and written once for all who watch the same page', async () => {
    const { evaluationId } = await submitStored(test.db, 'watched');
    await acceptAs(test.db, evaluationId);
    const sockets = await Promise.all(Array.from({ length: 8 }, () => open()));
    const boards = sockets.map((socket) => socket.subscribe(BoardCellsDocument, { first: 100 }));
    for (const board of boards) await board.data();
    const allTold = (value: number) =>
      Promise.all(
        boards.map((board) =>
          board.until(
            ({ leaderboardCells: change }) =>
              change.__typename === 'LeaderboardChange' && change.cells.some((cell) => cell.value === value),
          ),
        ),
      );
    await scoreNext(test.db, evaluationId, 0.5);
    await allTold(0.5);
    // from here on all were told the same before
    const before = await countAnswers();
    await scoreNext(test.db, evaluationId, 0.75);
    const told = await allTold(0.75);
    for (const one of told) expect(one).toEqual(told[0]);
    const { made, shared } = await countAnswers();
    expect(made - before.made).toBeGreaterThan(0);
    expect(shared - before.shared).toBe((boards.length - 1) * (made - before.made));
  });
});

describe('pages in the order of a column', () => {
  it('are watched up to a number; those that are, and the board by rank, still serve everyone', async () => {
    const [many, more] = [await open(), await open()];
    const sorted = (first: number) => ({ first, sort: 'clevr.average' });
    const watched = Array.from({ length: 100 }, (_, i) => many.subscribe(BoardCellsDocument, sorted(i + 1)));
    for (const board of watched) await board.data();
    const refused = more.subscribe(BoardCellsDocument, { first: 50, sort: 'clevr.spatial' });
    expect(JSON.stringify(await refused.next())).toMatch(/100 pages in the order of some column are watched just now/);
    await more.subscribe(BoardCellsDocument, sorted(7)).data();
    await more.subscribe(BoardCellsDocument, { first: 7 }).data();
    await many.close();
    const metric = async () =>
      (await (await fetch(`${test.url}/metrics`)).text()).match(/^gdbench_live_topics (\d+)/m)?.[1];
    await expect.poll(metric).toBe('2');
    await more.subscribe(BoardCellsDocument, { first: 50, sort: 'clevr.spatial' }).data();
  });
});

/** Events of subscriptions that were answered so far, by whether the answer had been made for another. */
async function countAnswers(): Promise<{ made: number; shared: number }> {
  const text = await (await fetch(`${test.url}/metrics`)).text();
  const count = (source: string) =>
    Number(new RegExp(`^gdbench_subscription_answers_total\\{source="${source}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { made: count('made'), shared: count('shared') };
}

describe('a lost connection to the database', () => {
  it('is made anew, subscribers get the present state, and further changes arrive', async () => {
    const { evaluationId } = await submitStored(test.db, 'survives');
    const socket = await open();
    const progress = socket.subscribe(EvaluationProgressDocument, { id: evaluationId });
    const board = socket.subscribe(BoardChangedDocument, { first: 100 });
    await progress.data();
    await board.data();
    await cutConnections();
    // nothing has changed: what comes is the present state after the gap
    expect(await progress.data()).toMatchObject({ evaluationProgress: { state: 'INSPECTING' } });
    await board.data();
    await acceptAs(test.db, evaluationId, { shards: { clevr: [1] } });
    await scoreNext(test.db, evaluationId, 0.8);
    await progress.until(({ evaluationProgress }) => evaluationProgress?.state === 'DONE');
    await board.until((page) => rowOf(page, evaluationId)?.state === 'DONE');
    expect((await fetch(`${test.url}/readyz`)).status).toBe(200);
  });
});

describe('/readyz', () => {
  it('tells when work waits and no worker takes it, and is well again once one does', async () => {
    const ready = async () => {
      const response = await fetch(`${test.url}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    await submitStored(test.db, 'taken by nobody');
    expect(await ready()).toEqual({ status: 200, text: 'ok\n' });
    await test.db.pool.query(`UPDATE "Work" SET "availableAt" = now() - interval '1 minute' WHERE state = 'QUEUED'`);
    expect(await ready()).toMatchObject({ status: 503, text: expect.stringMatching(/^work waits and no worker/) });
    const worker = { id: 'w', hostname: 'h', device: 'cpu', choresId: null };
    await workerAlive(test.db, worker);
    expect(await ready()).toEqual({ status: 200, text: 'ok\n' });
    await test.db.pool.query(`UPDATE "Worker" SET "heartbeatAt" = now() - interval '1 minute'`);
    expect((await ready()).status).toBe(503);
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
      socket.send({ id: `${i}`, type: 'subscribe', payload: { query } });
      const message = await socket.next(`${i}`);
      expect(JSON.stringify(message)).toMatch(/"message":"[^"]+"/);
      expect(message.type === 'error' || 'errors' in (message.payload as object)).toBe(true);
      expect(JSON.stringify(message)).not.toMatch(/node_modules|stack/);
    }
    const tasks = await socket.subscribe(TasksDocument, {}).data();
    expect(tasks.tasks.length).toBeGreaterThan(0);
  });

  it('is closed when its message is too large or no protocol at all', async () => {
    const large = await open();
    const query = `{ tasks { name } } # ${'x'.repeat(300_000)}`;
    large.send({ id: '1', type: 'subscribe', payload: { query } });
    expect(await large.closed).toBe(1009);
    const odd = await open();
    odd.send({ type: 'nonsense' });
    expect(await odd.closed).toBe(4400);
    expect((await fetch(`${test.url}/healthz`)).status).toBe(200);
  });

  it('leaves nothing behind when it breaks off', async () => {
    const { evaluationId } = await submitStored(test.db, 'left alone');
    const socket = await openSocket(test.url);
    const board = socket.subscribe(BoardChangedDocument, {});
    const progress = socket.subscribe(EvaluationProgressDocument, { id: evaluationId });
    await board.data();
    await progress.data();
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
    await socket.subscribe(BoardChangedDocument, {}).data();
    await second.close();
    expect(await socket.closed).toBe(1001);
    await expect(fetch(`${second.url}/healthz`)).rejects.toThrow();
  });
});
