import { type BoardAsk, ensureBoard } from '@gdbench/prisma/boards';
import type { Database } from '@gdbench/prisma/database';
import { type BoardPage, readBoard, readHead } from '@gdbench/prisma/leaderboard';

/** The one board of a test's database: the template has it. */
export const BOARD_ID = '00000000-0000-7000-8000-000000000000';

/** What it asks, unless a test says otherwise. */
export const ASK = { samples: 25, seed: 0, limit: null } as const;

const BOARD = { slug: 'builtin', title: 'GDBench', rankingMetric: 'clevr.average', ...ASK } as const;

/** The board is there, and nothing is measured yet. */
export async function makeBoard({ sql }: Pick<Database, 'sql'>): Promise<void> {
  await sql
    .insertInto('Board')
    .values({ id: BOARD_ID, ...BOARD })
    .execute();
}

/** The board asks this from now on. */
export async function askFor(db: Database, ask: Partial<BoardAsk>): Promise<void> {
  await ensureBoard(db, { ...BOARD, ...ask });
}

/** A page of rows of the present measurement. */
export async function readPresent(
  db: Database,
  asked: Omit<Parameters<typeof readBoard>[1], 'boardId' | 'measurementId'>,
): Promise<BoardPage> {
  const { id, measurementId } = await headOf(db);
  return readBoard(db, { ...asked, boardId: id, measurementId });
}

export async function boardVersion(db: Database): Promise<number> {
  return (await headOf(db)).version;
}

async function headOf(db: Database) {
  const head = await readHead(db, null);
  if (!head) throw new Error('There is no board.');
  return head;
}
