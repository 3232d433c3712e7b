import { boardMetrics } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import type { BoardRow } from '@gdbench/prisma/leaderboard';

const BIAS = 'mmbias';

/**
 * The board's columns, "<task>.<metric>": the fixed ones of the accuracy tasks, and an effect size for each pair of
 * groups that the data have or that a row holds (scored on other data, e.g. before the data root changed).
 */
export function boardColumns(biasMetrics: readonly string[], rows: readonly Pick<BoardRow, 'results'>[]): string[] {
  const prefix = `${BIAS}.`;
  const stored = rows.flatMap(({ results }) =>
    Object.keys(results)
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length)),
  );
  const known = [...new Set([...biasMetrics, ...stored.sort()])];
  return TASK_NAMES.flatMap((task) =>
    boardMetrics(task, task === BIAS ? known : []).map((metric) => `${task}.${metric}`),
  );
}
