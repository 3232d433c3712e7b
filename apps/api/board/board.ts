import { type RankRange, rankRanges } from '@gdbench/benchmark/ranking';
import type { Database } from '@gdbench/prisma/database';
import {
  type BoardHead,
  type BoardPage,
  type BoardRow,
  hasColumn,
  InvalidCursorError,
  readBoard,
  readHead,
  readMeasurementId,
} from '@gdbench/prisma/leaderboard';
import { LRUCache } from 'lru-cache';
import type { BenchmarkData } from '../benchmark/data.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import { badInput } from '../graphql/errors.ts';
import type { LeaderboardParent } from '../graphql/mappers.ts';
import type { Metrics } from '../http/metrics.ts';
import { boardColumns } from './columns.ts';
import { type BoardList, noBoard, noColumn, noMeasurement, protocolsOf } from './list.ts';
import { type RowLists, rowLists } from './row.ts';

export interface Board {
  /** `first` rows of a list from its first on, or those after a cursor. */
  page(first: number, after: string | null, list: BoardList): Promise<LeaderboardParent>;
}

interface Options {
  db: Database;
  evaluations: Evaluations;
  data: BenchmarkData;
  metrics: Metrics;
}

interface Row extends RowLists {
  readonly row: BoardRow;
  readonly rank: RankRange | undefined;
}

/** A page as it is kept: all that changes only with the board's version. */
interface Kept {
  readonly head: BoardHead;
  /** Of all rows. */
  readonly measurementId: string | null;
  readonly page: BoardPage;
  readonly columns: string[];
  readonly rows: readonly Row[];
}

/** Pages are read once for each version of the board, however many ask for them. */
export function createBoard({ db, evaluations, data, metrics }: Options): Board {
  const pages = new LRUCache<string, Promise<Kept>>({ max: 100 });

  const isColumn = async (column: string, of: string | null, protocols: readonly string[]): Promise<boolean> =>
    boardColumns(await data.served(), []).includes(column) ||
    (of !== null && (await hasColumn(db, column, of, protocols)));

  const measurementOf = async ({ id, measurementId }: BoardHead, { measurement }: BoardList) => {
    if (measurement === null) return measurementId;
    const found = await readMeasurementId(db, id, measurement);
    if (found === null) throw noMeasurement(measurement);
    return found;
  };

  const read = async (head: BoardHead, first: number, after: string | null, list: BoardList): Promise<Kept> => {
    const protocols = protocolsOf(list);
    const { sort } = list;
    const measurementId = await measurementOf(head, list);
    if (sort && !(await isColumn(sort.column, measurementId, protocols))) throw noColumn(sort.column);
    const asked = { boardId: head.id, measurementId, first, after, protocols, sort };
    const [page, served] = await Promise.all([readBoard(db, asked), data.served()]);
    const ranges = rankRanges(page.ranked.map((row) => ({ ...row, complete: true })));
    const rankOf = new Map(page.ranked.map(({ evaluationId }, i) => [evaluationId, ranges[i] ?? undefined]));
    const columns = boardColumns(served, page.rows);
    const rows = page.rows.map((row) => ({
      row,
      rank: rankOf.get(row.evaluationId),
      ...rowLists(row.results, columns),
    }));
    return { head, measurementId, page, columns, rows };
  };

  const kept = async (first: number, after: string | null, list: BoardList): Promise<Kept> => {
    const { board, measurement, protocol, sort } = list;
    const head = await readHead(db, board);
    if (!head) throw noBoard(board);
    const place = [head.id, head.version, measurement, first, after];
    const key = JSON.stringify([...place, protocol, sort?.column, sort?.descending]);
    const present = pages.get(key);
    metrics.boardReads.inc({ source: present ? 'cached' : 'database' });
    if (present) return present;
    const reading = read(head, first, after, list);
    pages.set(key, reading);
    reading.catch(() => pages.delete(key));
    return reading;
  };

  return {
    async page(first, after, list) {
      const { head, measurementId, page, columns, rows } = await kept(first, after, list).catch((error) => {
        throw error instanceof InvalidCursorError ? badInput(error.message) : error;
      });
      return {
        __typename: 'Leaderboard',
        boardVersion: page.boardVersion,
        metrics: columns,
        boardId: head.id,
        measurementId,
        rankingMetric: head.rankingMetric,
        otherProtocols: page.otherProtocols,
        total: page.total,
        active: page.active,
        edges: rows.map(({ row, rank, ...lists }) => ({
          cursor: row.cursor,
          node: {
            checkpoint: row.evaluation.checkpoint,
            // made anew for each reader: some details change without the board's version
            evaluation: evaluations.lazy(row.evaluation),
            rankFirst: rank?.first ?? null,
            rankLast: rank?.last ?? null,
            ...lists,
          },
        })),
        pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor },
      };
    },
  };
}
