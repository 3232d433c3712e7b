import { CHECKPOINT_COLUMNS, type CheckpointColumns, type CheckpointRow, checkpointOf } from '../checkpoints/rows.ts';
import type { Database } from '../database.ts';
import { EVALUATION_COLUMNS, type EvaluationColumns, type EvaluationRow, evaluationOf } from '../evaluations/rows.ts';
import { afterCursor, cursorOf, ORDER_BY, readCursor } from './order.ts';

/** [value, low, high, n, complete]; null where undefined. */
export type BoardCell = readonly [number | null, number | null, number | null, number, boolean];

export interface BoardRow {
  readonly evaluationId: string;
  readonly cursor: string;
  readonly checkpoint: CheckpointRow;
  readonly evaluation: EvaluationRow;
  /** The ranking metric's value; null until the evaluation is DONE. */
  readonly rankValue: number | null;
  /** By "<task>.<metric>"; what was not measured is absent. */
  readonly results: Readonly<Record<string, BoardCell>>;
}

export interface BoardPage {
  readonly boardVersion: number;
  /** Rows in all. */
  readonly total: number;
  /** Evaluations that are inspected, wait or are scored. */
  readonly active: number;
  readonly rows: readonly BoardRow[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  /** Protocols that have rows which are not among those asked for, sorted. */
  readonly otherProtocols: readonly string[];
}

interface Head {
  board_version: number;
  board_others: string[];
  board_total: number;
  board_active: number;
}

type Body = EvaluationColumns & CheckpointColumns & Pick<BoardRow, 'rankValue' | 'results'>;

// one statement, so that version, counts and rows are of one moment; without rows the counts still come as one line
const page = (condition: string) => `
  SELECT head.*, page.* FROM (
    SELECT coalesce((SELECT version FROM "Board"), 0)::float8 AS board_version,
      (SELECT count(*) FROM "LeaderboardRow" WHERE protocol = ANY ($2))::int AS board_total,
      ARRAY(SELECT DISTINCT protocol FROM "LeaderboardRow" WHERE protocol <> ALL ($2) ORDER BY protocol) AS board_others,
      (SELECT count(*) FROM "Evaluation" WHERE state IN ('INSPECTING', 'QUEUED', 'SCORING'))::int AS board_active) head
  LEFT JOIN (
    SELECT ${EVALUATION_COLUMNS}, ${CHECKPOINT_COLUMNS}, r."rankValue", cells.results,
      row_number() OVER (ORDER BY ${ORDER_BY}) AS line
    FROM "LeaderboardRow" r
    JOIN "Evaluation" e ON e.id = r."evaluationId"
    JOIN "Checkpoint" c ON c.id = e."checkpointId"
    CROSS JOIN LATERAL (
      SELECT coalesce(json_object_agg(
        m.task || '.' || m.metric, json_build_array(m.value, m.low, m.high, m.n, m.complete)), '{}') AS results
      FROM "Result" m WHERE m."evaluationId" = r."evaluationId") cells
    WHERE r.protocol = ANY ($2) AND ${condition} ORDER BY ${ORDER_BY} LIMIT $1) page ON true
  ORDER BY page.line`;

/**
 * One page of the board, best first.
 *
 * @param first rows at most, from 1
 * @param protocols rows of these stand in the list, and no others
 * @throws InvalidCursorError
 */
export async function readBoard(
  db: Database,
  { first, after, protocols }: { first: number; after?: string | null; protocols: readonly string[] },
): Promise<BoardPage> {
  const { condition, parameters } = after ? afterCursor(readCursor(after), 3) : { condition: 'true', parameters: [] };
  // one row more says whether there is a next page
  const answer = await db.pool.query<Head & (Body | { id: null })>(page(condition), [
    first + 1,
    protocols,
    ...parameters,
  ]);
  const found = answer.rows.flatMap((row) => (row.id === null ? [] : [boardRow(row)]));
  const rows = found.slice(0, first);
  const head = answer.rows[0];
  return {
    boardVersion: head?.board_version ?? 0,
    total: head?.board_total ?? 0,
    active: head?.board_active ?? 0,
    rows,
    hasNextPage: found.length > first,
    endCursor: rows.at(-1)?.cursor ?? null,
    otherProtocols: head?.board_others ?? [],
  };
}

function boardRow(row: Body): BoardRow {
  return {
    evaluationId: row.id,
    cursor: cursorOf({ rankValue: row.rankValue, evaluationId: row.id }),
    checkpoint: checkpointOf(row),
    evaluation: evaluationOf(row),
    rankValue: row.rankValue,
    results: row.results,
  };
}
