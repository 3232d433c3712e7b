import type { MetricValue } from '@gdbench/benchmark/task';
import { cancel } from '@gdbench/prisma/evaluations';
import { heartbeat } from '@gdbench/prisma/work';
import { ask } from '@gdbench/schema/ask';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { acceptAs, claimNext, scoreNext, submitStored } from '../../../test/support/evaluation.ts';
import { openSocket, type Subscribed, type TestSocket } from '../../../test/support/socket.ts';
import {
  BoardCellsDocument,
  type BoardCellsSubscription,
  type BoardChangeFragment,
  BoardDocument,
  type BoardPageFragment,
} from '../generated/graphql.ts';
import { applyChange } from './apply-change.ts';
import type { Order } from './view.ts';

let api: TestApi;
let socket: TestSocket;
beforeAll(async () => {
  api = await startTestApi();
  socket = await openSocket(api.url);
  // there are no data here, so columns are those that something was measured in
  const { evaluationId } = await submitStored(api.db);
  await acceptAs(api.db, evaluationId, { shards: { mmbias: [1] } });
  await scoreNext(api.db, evaluationId, biasOf(0.5));
});
afterAll(async () => {
  await socket.close();
  await api.close();
});

const FIRST = 4;
const ORDERS: readonly (Order | null)[] = [
  null,
  { column: 'clevr.average', descending: true },
  { column: 'clevr.average', descending: false },
  { column: 'mmbias.A-B.effect_size', descending: true },
];
const variablesOf = (order: Order | null) => ({
  first: FIRST,
  sort: order?.column ?? null,
  descending: order?.descending ?? true,
});

/** A reader who never asks again: a page at first, then only what changed. */
class Reader {
  readonly order: Order | null;
  page: BoardPageFragment | null = null;
  changes = 0;
  readonly #updates: Subscribed<BoardCellsSubscription>;

  constructor(order: Order | null) {
    this.order = order;
    this.#updates = socket.subscribe(BoardCellsDocument, variablesOf(order));
  }

  async until(version: number): Promise<void> {
    while (this.page === null || this.page.boardVersion < version) {
      const { leaderboardCells: update } = await this.#updates.data();
      if (update.__typename === 'LeaderboardChange') {
        this.changes += 1;
        this.page = this.page && applyChange(this.page, update);
        expect(this.page).not.toBeNull();
      } else {
        const { __typename, ...page } = update;
        this.page = page;
      }
    }
  }

  leave(): void {
    socket.send({ id: this.#updates.id, type: 'complete' });
  }
}

/** What may happen on a board; each says what it does to one of its evaluations, by a number that is taken modulo their count. */
const Action = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), tasks: fc.constantFrom('clevr', 'both') }),
  fc.record({
    kind: fc.constant('score' as const),
    which: fc.nat(),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('score' as const), which: fc.nat(), value: fc.constantFrom(0.25, 0.5) }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('beat' as const), which: fc.nat() }),
);
type Action = typeof Action extends fc.Arbitrary<infer T> ? T : never;

function biasOf(value: number): MetricValue[] {
  const bias = { low: null, high: null, chance: null, n: 2 };
  return [
    { metric: 'A-B.effect_size', value: value * 2 - 1, ...bias, sizes: [1, 1] },
    { metric: 'A-B.p_value', value, ...bias },
  ];
}

/** @param running evaluations that have shards left */
async function act(action: Action, running: string[]): Promise<void> {
  const { db } = api;
  if (action.kind === 'join') {
    const { evaluationId } = await submitStored(db);
    const shards = action.tasks === 'clevr' ? { clevr: [1, 1] } : { clevr: [2], mmbias: [1] };
    await acceptAs(db, evaluationId, { shards });
    running.push(evaluationId);
    return;
  }
  const evaluationId = running[action.which % running.length];
  if (evaluationId === undefined) return;
  if (action.kind === 'leave') {
    await cancel(db, 'anonymous', evaluationId);
    running.splice(running.indexOf(evaluationId), 1);
    return;
  }
  const next = await db.prisma.work.findFirst({
    where: { evaluationId, state: 'QUEUED' },
    orderBy: { position: 'asc' },
    include: { shard: true },
  });
  if (!next?.shard) return;
  if (action.kind === 'beat') {
    const claimed = await claimNext(db, evaluationId);
    if (claimed) await heartbeat(db, claimed, { done: 1 });
    return;
  }
  await scoreNext(db, evaluationId, next.shard.task === 'clevr' ? action.value : biasOf(action.value));
}

const fresh = async (order: Order | null) => (await ask(api.url, BoardDocument, variablesOf(order))).leaderboard;

test('a reader who applies what changed has at every version what a fresh page gives, in every order', async () => {
  let changes = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(Action, { minLength: 3, maxLength: 9 }), async (actions) => {
      const running: string[] = [];
      await act({ kind: 'join', tasks: 'both' }, running);
      const readers = ORDERS.map((order) => new Reader(order));
      for (const reader of readers) await reader.until(0);
      let version = (await fresh(null)).boardVersion;
      for (const action of actions) {
        await act(action, running);
        const pages = await Promise.all(readers.map(({ order }) => fresh(order)));
        // some details change without the board: they come with its next change
        if (pages[0]!.boardVersion === version) continue;
        version = pages[0]!.boardVersion;
        for (const [i, reader] of readers.entries()) {
          await reader.until(version);
          expect(reader.page).toEqual(pages[i]);
        }
      }
      for (const reader of readers) {
        changes += reader.changes;
        reader.leave();
      }
      for (const evaluationId of running) await cancel(api.db, 'anonymous', evaluationId);
    }),
    { numRuns: 12 },
  );
  // the whole pages of the columns' first appearance are no proof of anything
  expect(changes).toBeGreaterThan(50);
});

test('a change that does not fit the page at hand is not applied', async () => {
  const page = await fresh(null);
  const change: BoardChangeFragment = {
    ...{ before: page.boardVersion, after: page.boardVersion + 1, otherProtocols: [], total: 0, active: 0 },
    ...{ pageInfo: page.pageInfo, order: null, added: [], evaluations: [], places: [], cells: [] },
  };
  expect(applyChange(page, change)).toMatchObject({ boardVersion: page.boardVersion + 1, edges: page.edges });
  expect(applyChange(page, { ...change, before: page.boardVersion - 1 })).toBeNull();
  expect(applyChange(page, { ...change, order: ['01890000-0000-7000-8000-000000000000'] })).toBeNull();
  const cell = { value: 1, low: null, high: null, count: 1, complete: true, pValue: null };
  const cells = [{ evaluationId: page.edges[0]!.node.evaluation.id, metric: 'gone.metric', ...cell }];
  expect(applyChange(page, { ...change, cells })).toBeNull();
});
