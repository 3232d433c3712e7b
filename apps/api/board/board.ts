import { type RankRange, rankRanges } from '@gdbench/benchmark/ranking';
import { RANKING_METRIC } from '@gdbench/benchmark/tasks';
import type { Database } from '@gdbench/prisma/database';
import {
  type BoardPage,
  type BoardRow,
  boardVersion,
  hasColumn,
  InvalidCursorError,
  readBoard,
} from '@gdbench/prisma/leaderboard';
import { LRUCache } from 'lru-cache';
import type { BenchmarkData } from '../benchmark/data.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import { badInput } from '../graphql/errors.ts';
import type { LeaderboardParent } from '../graphql/mappers.ts';
import type { Metrics } from '../http/metrics.ts';
import { boardColumns } from './columns.ts';
import { type BoardList, noColumn, protocolsOf } from './list.ts';
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
  readonly page: BoardPage;
  readonly columns: string[];
  readonly rows: readonly Row[];
}

/** Pages are read once for each version of the board, however many ask for them. */
export function createBoard({ db, evaluations, data, metrics }: Options): Board {
  const pages = new LRUCache<string, Promise<Kept>>({ max: 100 });

  const isColumn = async (column: string, protocols: readonly string[]): Promise<boolean> =>
    boardColumns(await data.served(), []).includes(column) || hasColumn(db, column, protocols);

  const read = async (first: number, after: string | null, list: BoardList): Promise<Kept> => {
    const protocols = protocolsOf(list);
    const { sort } = list;
    if (sort && !(await isColumn(sort.column, protocols))) throw noColumn(sort.column);
    const [page, served] = await Promise.all([readBoard(db, { first, after, protocols, sort }), data.served()]);
    const ranges = rankRanges(page.ranked.map((row) => ({ ...row, complete: true })));
    const rankOf = new Map(page.ranked.map(({ evaluationId }, i) => [evaluationId, ranges[i] ?? undefined]));
    const columns = boardColumns(served, page.rows);
    const rows = page.rows.map((row) => ({
      row,
      rank: rankOf.get(row.evaluationId),
      ...rowLists(row.results, columns),
    }));
    return { page, columns, rows };
  };

  const kept = async (first: number, after: string | null, list: BoardList): Promise<Kept> => {
    const { protocol, sort } = list;
    const key = JSON.stringify([await boardVersion(db), first, after, protocol, sort?.column, sort?.descending]);
    const present = pages.get(key);
    metrics.boardReads.inc({ source: present ? 'cached' : 'database' });
    if (present) return present;
    const reading = read(first, after, list);
    pages.set(key, reading);
    reading.catch(() => pages.delete(key));
    return reading;
  };

  return {
    async page(first, after, list) {
      const { page, columns, rows } = await kept(first, after, list).catch((error) => {
        throw error instanceof InvalidCursorError ? badInput(error.message) : error;
      });
      return {
        __typename: 'Leaderboard',
        boardVersion: page.boardVersion,
        metrics: columns,
        rankingMetric: RANKING_METRIC,
        otherProtocols: page.otherProtocols,
        total: page.total,
        active: page.active,
        edges: rows.map(({ row, rank, ...lists }) => ({
          cursor: row.cursor,
          node: {
            checkpoint: row.checkpoint,
            // made anew for each reader: some details change without the board's version
            evaluation: evaluations.lazy(row.evaluation, row.checkpoint),
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
