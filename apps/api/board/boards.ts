import type { Arrival } from '@gdbench/benchmark/arrival';
import { RANKING_METRIC } from '@gdbench/benchmark/tasks';
import { type BoardRow, countRows, ensureBoard, measureBoard, readBoards } from '@gdbench/prisma/boards';
import type { Database } from '@gdbench/prisma/database';
import DataLoader from 'dataloader';
import type { BenchmarkData } from '../benchmark/data.ts';
import { type Logger, logUnexpected } from '../log.ts';

export interface Boards {
  all(): Promise<readonly BoardRow[]>;
  /** The board with this slug, or (null) the first one; null where there is none. */
  read(slug: string | null): Promise<BoardRow | null>;
  /** Rows of a measurement. */
  rows(measurementId: string): Promise<number>;
  /** Resolves once this service's board ranks by what it asks on the data of now. */
  measured(): Promise<void>;
}

/** The board that this service makes of its settings. */
const BUILTIN = { slug: 'builtin', title: 'GDBench' } as const;

interface Options {
  readonly db: Database;
  readonly ask: { readonly samples: number; readonly seed: number; readonly limit: number | null };
  readonly data: BenchmarkData;
  /** What has come of the data root; absent: it is complete. */
  readonly arrival: Arrival | undefined;
  readonly log: Logger;
}

/** Makes the service's board ask what the settings say, and measures it as soon as the data are known. */
export async function openBoards({ db, ask, data, arrival, log }: Options): Promise<Boards> {
  const ownId = await ensureBoard(db, { ...BUILTIN, ...ask, rankingMetric: RANKING_METRIC });
  const measure = async () => {
    const { sha256 } = await data.identity();
    // without data of its own it knows no more of them than those who plan
    if (sha256 !== null) await measureBoard(db, ownId, sha256);
  };
  let measuring: Promise<void> | undefined;
  const measured = () => {
    measuring ??= measure();
    measuring.catch(() => {
      measuring = undefined;
    });
    return measuring;
  };
  // not beside those who draw the data and score the first of them
  const background = async () => {
    await arrival?.all;
    await measured();
  };
  background().catch((error) => logUnexpected(log, error, 'measuring the board'));
  /** Collects what is asked in one tick; keeps none, for they change. */
  const loader = new DataLoader<'all', BoardRow[]>(
    async (asked) => {
      const boards = await readBoards(db);
      return asked.map(() => boards);
    },
    { cache: false },
  );
  const all = () => loader.load('all');
  return {
    all,
    async read(slug) {
      const boards = await all();
      return (slug === null ? boards[0] : boards.find((board) => board.slug === slug)) ?? null;
    },
    rows: (measurementId) => countRows(db, measurementId),
    measured,
  };
}
