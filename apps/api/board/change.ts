import { isDeepStrictEqual } from 'node:util';
import { isUnfinished } from '@gdbench/benchmark/states';
import type { LeaderboardCell } from '../generated/resolvers.ts';
import type {
  EvaluationParent,
  LeaderboardChangeParent,
  LeaderboardParent,
  LeaderboardRowParent,
} from '../graphql/mappers.ts';

type Edge = LeaderboardParent['edges'][number];

/** A row that stands on both pages. */
interface Pair {
  readonly id: string;
  readonly old: Edge;
  readonly now: Edge;
}

/** What makes `after` of `before`, two pages of one list; null where their columns are others, or they are of different measurements. */
export async function changeOf(
  before: LeaderboardParent,
  after: LeaderboardParent,
): Promise<LeaderboardChangeParent | null> {
  if (before.measurementId !== after.measurementId || !isDeepStrictEqual(before.metrics, after.metrics)) return null;
  const known = new Map(before.edges.map((edge) => [edge.node.evaluation.id, edge]));
  const ids = after.edges.map(({ node }) => node.evaluation.id);
  const pairs = after.edges.flatMap((now): Pair[] => {
    const id = now.node.evaluation.id;
    const old = known.get(id);
    return old ? [{ id, old, now }] : [];
  });
  const changed = await Promise.all(pairs.map(({ old, now }) => isOther(old.node.evaluation, now.node.evaluation)));
  return {
    __typename: 'LeaderboardChange',
    before: before.boardVersion,
    after: after.boardVersion,
    otherProtocols: after.otherProtocols,
    total: after.total,
    active: after.active,
    pageInfo: after.pageInfo,
    order: isDeepStrictEqual([...known.keys()], ids) ? null : ids,
    removed: [...known.keys()].filter((id) => !ids.includes(id)),
    added: after.edges.filter(({ node }) => !known.has(node.evaluation.id)),
    evaluations: pairs.filter((_, i) => changed[i]).map(({ now }) => now.node.evaluation),
    places: pairs.filter(({ old, now }) => !isDeepStrictEqual(placeOf(old), placeOf(now))).map(placed),
    cells: pairs.flatMap((pair) => changedCells(pair, after.metrics)),
  };
}

/** The details of one that has ended stay as they are. */
async function isOther(old: EvaluationParent, now: EvaluationParent): Promise<boolean> {
  if (!isDeepStrictEqual(await old.row(), await now.row())) return true;
  return isUnfinished(now.state) && !isDeepStrictEqual(await old.detail(), await now.detail());
}

const placeOf = ({ cursor, node: { rankFirst, rankLast } }: Edge) => ({ cursor, rankFirst, rankLast });

const placed = ({ id, now }: Pair) => ({ evaluationId: id, ...placeOf(now) });

function changedCells({ id, old, now }: Pair, metrics: readonly string[]): LeaderboardCell[] {
  return metrics.flatMap((metric, column) => {
    const cell = cellOf(now.node, column);
    return isDeepStrictEqual(cell, cellOf(old.node, column)) ? [] : [{ evaluationId: id, metric, ...cell }];
  });
}

function cellOf(row: LeaderboardRowParent, column: number) {
  return {
    value: row.values[column] ?? null,
    low: row.lows[column] ?? null,
    high: row.highs[column] ?? null,
    count: row.counts[column] ?? null,
    complete: row.complete[column] ?? false,
    pValue: row.pValues[column] ?? null,
  };
}
