import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardMetrics, pValueOf } from '@gdbench/benchmark/display';
import { BOARD_PROTOCOLS } from '@gdbench/benchmark/protocol';
import { PUBLIC_STATES, type PublicState, UNDER_WAY } from '@gdbench/benchmark/states';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { listEvaluations } from '@gdbench/prisma/evaluations';
import { type BoardPage, readBoard, type Sort } from '@gdbench/prisma/leaderboard';
import { migrate } from '@gdbench/prisma/migrate';
import { startEmbeddedPostgres } from '../setup/postgres.ts';
import { type Filled, fillBoard } from './fill-board.ts';
import { type Explained, explain, sentBy } from './sent-statements.ts';

/*
 * npm run bench:board: what a page of the board costs PostgreSQL, with 10,000 evaluations on it, and one of the list of evaluations:
 * every statement of it, by EXPLAIN ANALYZE, and the whole page as the API reads it. With --json the last line is one object.
 */

const EVALUATIONS = 10_000;
const ROWS = 50;
const ROUNDS = 5;
const PAIRS = ['A-B', 'A-C', 'A-D', 'B-C', 'B-D', 'C-D'].map((pair) => `${pair}.effect_size`);
const say = (line = '') => process.stdout.write(`${line}\n`);

interface Page {
  readonly name: string;
  readonly sort: Sort | null;
  readonly protocols?: readonly string[];
  /** Rows before it. */
  readonly skipped: number;
}

const byAverage = { column: 'clevr.average', descending: true };
const PAGES: readonly Page[] = [
  { name: 'by rank', sort: null, skipped: 0 },
  { name: 'by rank, in the middle', sort: null, skipped: 3_700 },
  { name: 'by rank, the last', sort: null, skipped: 7_400 },
  { name: 'by rank, another protocol', sort: null, skipped: 0, protocols: ['diffusion-itm-adaptive'] },
  { name: 'by a column', sort: byAverage, skipped: 0 },
  { name: 'by a column, the least first', sort: { ...byAverage, descending: false }, skipped: 0 },
  { name: 'by a column, in the middle', sort: byAverage, skipped: 3_700 },
  { name: 'by a column, rows without a value', sort: byAverage, skipped: 7_400 },
  { name: 'by an effect size', sort: { column: 'mmbias.A-B.effect_size', descending: true }, skipped: 0 },
];

interface Measured {
  readonly page: string;
  readonly milliseconds: number;
  readonly statements: readonly (Explained & { readonly text: string })[];
}

/** The board whose pages are measured. */
type Of = Pick<Filled, 'boardId' | 'measurementId'>;

/** A page of the list of evaluations. */
interface List {
  readonly name: string;
  readonly states: readonly PublicState[];
  readonly skipped: number;
}

const LISTS: readonly List[] = [
  { name: 'evaluations, the newest', states: PUBLIC_STATES, skipped: 0 },
  { name: 'evaluations, in the middle', states: PUBLIC_STATES, skipped: 5_000 },
  { name: 'evaluations, of a rare state', states: UNDER_WAY, skipped: 0 },
];

async function measurePage(
  db: Database,
  of: Of,
  { name, sort, protocols = BOARD_PROTOCOLS, skipped }: Page,
): Promise<Measured> {
  const after = await cursorAfter(db, of, { sort, protocols, skipped });
  return measure(db, name, () => readBoard(db, { ...of, first: ROWS, after, protocols, sort }));
}

async function measureList(db: Database, { name, states, skipped }: List): Promise<Measured> {
  const before = skipped === 0 ? null : await listEvaluations(db, { first: skipped, after: null, states });
  return measure(db, name, () => listEvaluations(db, { first: ROWS, after: before?.endCursor ?? null, states }));
}

async function measure(db: Database, name: string, read: () => Promise<unknown>): Promise<Measured> {
  const sent = await sentBy(db, read);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    await read();
    times.push(performance.now() - began);
  }
  const statements = [];
  for (const statement of sent) statements.push({ ...(await explain(db, statement, ROUNDS)), text: statement.text });
  return { page: name, milliseconds: Math.min(...times), statements };
}

async function cursorAfter(
  db: Database,
  of: Of,
  { skipped, ...list }: Pick<Page, 'sort' | 'skipped'> & { protocols: readonly string[] },
): Promise<string | null> {
  if (skipped === 0) return null;
  const { endCursor }: BoardPage = await readBoard(db, { ...of, ...list, first: skipped });
  return endCursor;
}

const dir = await mkdtemp(join(tmpdir(), 'gdbench-board-'));
const server = await startEmbeddedPostgres({ dir, durable: false });
try {
  await migrate(server.url);
  const db = openDatabase(server.url, { poolSize: 1 });
  const columns = TASK_NAMES.flatMap((task) => boardMetrics(task, PAIRS).map((metric) => `${task}.${metric}`));
  const { results, ...of } = await fillBoard(db, EVALUATIONS, [
    ...columns,
    ...columns.flatMap((name) => pValueOf(name) ?? []),
  ]);
  say(`${EVALUATIONS} evaluations with ${results} results; pages of ${ROWS} rows; the least of ${ROUNDS} rounds`);
  const measured: Measured[] = [];
  for (const page of PAGES) measured.push(await measurePage(db, of, page));
  for (const list of LISTS) measured.push(await measureList(db, list));
  for (const { page, milliseconds, statements } of measured) {
    say(`\n${page}: ${milliseconds.toFixed(1)} ms`);
    for (const { milliseconds: ms, scans, text } of statements)
      say(`${ms.toFixed(2).padStart(8)} ms  ${text.slice(0, 70)}  [${scans.join(', ')}]`);
  }
  await db.close();
  const slowest = Math.max(...measured.map(({ milliseconds }) => milliseconds));
  if (process.argv.includes('--json'))
    say(
      JSON.stringify({
        pageMs: Object.fromEntries(measured.map(({ page, milliseconds }) => [page, milliseconds])),
        slowestMs: slowest,
      }),
    );
} finally {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
}
