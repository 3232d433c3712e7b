import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import { expect, test } from 'vitest';
import { BOARD_ID, readPresent } from '../../test/support/board.ts';
import { addToBoard, COLUMN, type Entry, emptyBoard, fillBoard, plain } from '../../test/support/board-rows.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { measureBoard } from '../boards.ts';
import type { DB } from '../generated/tables.ts';
import { InvalidCursorError, type Sort } from '../leaderboard.ts';
import type { Sql } from '../transaction.ts';
import { measuredIn } from './by-column.ts';
import { ranked } from './by-rank.ts';

const database = testFileDatabase();
const protocols = ['cosine', 'diffusion-itm'];

/** Few values, so that ties are common; null: not finished. */
const Value = fc.constantFrom(0, 0.5, 0.1 + 0.2, 1, -1, Number.MIN_VALUE);
const RankValue = fc.option(Value, { nil: null });

const AnyEntry: fc.Arbitrary<Entry> = fc.record({
  rankValue: RankValue,
  protocol: fc.constantFrom(...protocols, 'diffusion-itm-adaptive'),
  result: fc.option(fc.record({ value: RankValue, complete: fc.boolean() }), { nil: null }),
  onBoard: fc.constantFrom(true, true, true, false),
});

type Standing = Entry & { readonly id: string };

/** Each from the first row to the last, in the order that a reader is told; written down a second time and by brute force. */
function inOrder(rows: readonly Standing[], sort: Sort | null): string[] {
  const tier = ({ rankValue, result }: Standing) => {
    if (sort === null) return rankValue === null ? 1 : 0;
    return result === null || result.value === null ? 2 : result.complete ? 0 : 1;
  };
  const key = (row: Standing) => (sort === null ? row.rankValue : row.result?.value) ?? 0;
  const up = sort === null || !sort.descending ? 1 : -1;
  const byId = (a: Standing, b: Standing) => (a.id < b.id ? -1 : 1);
  return [...rows]
    .filter(({ onBoard, protocol }) => onBoard && protocols.includes(protocol))
    .sort((a, b) => {
      if (tier(a) !== tier(b)) return tier(a) - tier(b);
      const last = tier(a) === (sort === null ? 1 : 2);
      if (!last && key(a) !== key(b)) return sort === null ? key(b) - key(a) : up * (key(a) - key(b));
      return last || sort === null ? byId(a, b) : up * byId(a, b);
    })
    .map(({ id }) => id);
}

const AnySort: fc.Arbitrary<Sort | null> = fc.option(
  fc.boolean().map((descending) => ({ column: COLUMN, descending })),
  { nil: null },
);

test('pages of any size, one after the other, are the whole list in its order, by rank and by any column, with ties, values so far and rows without one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(AnyEntry, { maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      AnySort,
      async (entries, first, sort) => {
        await emptyBoard(database());
        const ids = await addToBoard(database(), entries);
        const expected = inOrder(
          entries.map((entry, i) => ({ ...entry, id: ids[i]! })),
          sort,
        );
        const walked: string[] = [];
        let after: string | null = null;
        for (let pages = 0; pages <= entries.length; pages += 1) {
          const page = await readPresent(database(), { first, after, protocols, sort });
          walked.push(...page.rows.map((row) => row.evaluationId));
          expect(page.total).toBe(expected.length);
          expect(page.hasNextPage).toBe(walked.length < expected.length);
          expect(page.endCursor).toBe(page.rows.at(-1)?.cursor ?? null);
          if (!page.hasNextPage) break;
          after = page.endCursor;
        }
        expect(walked).toEqual(expected);
      },
    ),
    { numRuns: 120 },
  );
});

test('rows that come and go between two pages make no other row come twice or be passed over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(AnyEntry, { minLength: 3, maxLength: 12 }),
      fc.array(AnyEntry, { maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      AnySort,
      async (entries, later, first, sort) => {
        await emptyBoard(database());
        const ids = await addToBoard(database(), entries);
        const standing = entries.map((entry, i) => ({ ...entry, id: ids[i]! }));
        const walked: string[] = [];
        let after: string | null = null;
        const gone = new Set<string>();
        for (const added of [...later, null, null, null, null, null, null, null, null, null, null, null, null]) {
          const page = await readPresent(database(), { first, after, protocols, sort });
          walked.push(...page.rows.map((row) => row.evaluationId));
          if (!page.hasNextPage) break;
          after = page.endCursor;
          // the row that the cursor was made of leaves too
          const leaves = page.rows.at(-1)?.evaluationId;
          if (!added || !leaves) continue;
          gone.add(leaves);
          await database().sql.deleteFrom('Checkpoint').where('id', '=', leaves).execute();
          await addToBoard(database(), [added]);
        }
        const stayed = (id: string) => ids.includes(id) && !gone.has(id);
        const expected = inOrder(standing, sort).filter(stayed);
        expect(walked.filter(stayed)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test('a cursor of another order is refused', async () => {
  await fillBoard(database(), [0.5, 0.4, 0.3]);
  const sort = { column: COLUMN, descending: true };
  const byRank = await readPresent(database(), { first: 1, protocols });
  const byColumn = await readPresent(database(), { first: 1, protocols, sort });
  for (const [after, other] of [
    [byRank.endCursor, sort],
    [byColumn.endCursor, null],
    [byColumn.endCursor, { ...sort, descending: false }],
    [byColumn.endCursor, { ...sort, column: 'clevr.average' }],
  ] as const)
    await expect(readPresent(database(), { first: 1, after, protocols, sort: other })).rejects.toBeInstanceOf(
      InvalidCursorError,
    );
});

test.each([
  '',
  'x',
  'W10',
  Buffer.from('[1,"x"]').toString('base64url'),
  Buffer.from('["1","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
])('the text %j is no cursor', async (text) => {
  if (text === '')
    expect((await readPresent(database(), { first: 1, after: text, protocols })).total).toBeTypeOf('number');
  else
    await expect(readPresent(database(), { first: 1, after: text, protocols })).rejects.toBeInstanceOf(
      InvalidCursorError,
    );
});

test('the board reads by its index', async () => {
  await fillBoard(
    database(),
    Array.from({ length: 400 }, (_, i) => (i % 7 === 0 ? null : i / 400)),
  );
  const plan = await planOf((sql, measurementId) => ranked(sql, { measurementId, protocols, most: 10, after: null }), {
    off: ['seqscan', 'sort'],
  });
  expect(plan).toContain('LeaderboardRow_measurementId_rankValue_evaluationId_idx');
  expect(plan).not.toContain('Sort');
});

/** How PostgreSQL reads what `read` asks, with these ways of its switched off. */
async function planOf(
  read: (sql: Sql, measurementId: string) => Promise<unknown>,
  { off }: { readonly off: readonly string[] },
): Promise<string> {
  const measurementId = await measureBoard(database(), BOARD_ID, 'test');
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const sql = new Kysely<DB>({
    dialect: new PostgresDialect({ pool: database().pool }),
    log: ({ query }) => void asked.push(query),
  });
  await read(sql, measurementId);
  const client = await database().pool.connect();
  try {
    await client.query('VACUUM ANALYZE "Result"');
    await client.query('VACUUM ANALYZE "LeaderboardRow"');
    for (const way of off) await client.query(`SET enable_${way} = off`);
    const plan = await client.query(`EXPLAIN ${asked[0]?.sql}`, [...(asked[0]?.parameters ?? [])]);
    return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    client.release(true);
  }
}

test.each([
  [true, /Index Only Scan Backward using "?Result_measurementId_protocol_task_metric_complete_value_ev_idx/],
  [false, /Index Only Scan using "?Result_measurementId_protocol_task_metric_complete_value_ev_idx/],
] as const)(
  'a column that orders the board, descending %s, is read from an end of its index',
  async (descending, scan) => {
    await emptyBoard(database());
    await addToBoard(
      database(),
      Array.from({ length: 400 }, (_, i) => ({ ...plain(null), result: { value: i, complete: true } })),
    );
    const plan = await planOf(
      async (sql, measurementId) => {
        const rows = await measuredIn({ column: COLUMN, descending }, true)(sql, {
          ...{ measurementId, protocols, most: 10, after: null },
        });
        expect(rows.map(({ value }) => value)).toEqual(
          Array.from({ length: 10 }, (_, i) => (descending ? 399 - i : i)),
        );
      },
      { off: ['seqscan', 'bitmapscan'] },
    );
    expect(plan).toMatch(scan);
  },
);
