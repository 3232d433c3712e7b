import type { BoardChangeFragment, BoardPageFragment } from '../generated/graphql.ts';
import type { Row } from './order.ts';

/** The page after a change; null where the change does not fit this page, so that the page has to be read again. */
export function applyChange(page: BoardPageFragment, change: BoardChangeFragment): BoardPageFragment | null {
  const { after: boardVersion, otherProtocols, total, active, pageInfo, added, evaluations, places, cells } = change;
  const rows = new Map([...page.edges, ...added].map(({ node }) => [node.evaluation.id, node]));
  const order = change.order ?? page.edges.map(({ node }) => node.evaluation.id);
  const fits =
    page.boardVersion === change.before &&
    order.every((id) => rows.has(id)) &&
    cells.every(({ metric }) => page.metrics.includes(metric));
  if (!fits) return null;
  const replace = (id: string, part: (row: Row) => Partial<Row>) => {
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, ...part(row) });
  };
  for (const evaluation of evaluations) replace(evaluation.id, () => ({ evaluation }));
  for (const { evaluationId, ...ranks } of places) replace(evaluationId, () => ranks);
  for (const id of new Set(cells.map(({ evaluationId }) => evaluationId))) {
    const own = cells.filter(({ evaluationId }) => evaluationId === id);
    replace(id, (row) => withCells(row, own, page.metrics));
  }
  const edges = order.flatMap((id) => rows.get(id) ?? []).map((node) => ({ node }));
  return { ...page, boardVersion, otherProtocols, total, active, pageInfo, edges };
}

type Cell = BoardChangeFragment['cells'][number];

function withCells(row: Row, cells: readonly Cell[], metrics: readonly string[]): Partial<Row> {
  const byColumn = new Map(cells.map((cell) => [metrics.indexOf(cell.metric), cell]));
  const list = <T>(before: readonly T[], of: (cell: Cell) => T) =>
    before.map((entry, column) => {
      const cell = byColumn.get(column);
      return cell ? of(cell) : entry;
    });
  return {
    values: list(row.values, ({ value }) => value),
    lows: list(row.lows, ({ low }) => low),
    highs: list(row.highs, ({ high }) => high),
    counts: list(row.counts, ({ count }) => count),
    complete: list(row.complete, ({ complete }) => complete),
    pValues: list(row.pValues, ({ pValue }) => pValue),
  };
}
