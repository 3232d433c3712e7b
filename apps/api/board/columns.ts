import { boardMetrics } from '@gdbench/benchmark/display';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { RANKING_TASK } from '@gdbench/benchmark/tasks';
import type { BoardRow } from '@gdbench/prisma/leaderboard';
import type { ServedTasks } from '../benchmark/data.ts';

/**
 * The board's columns, "<task>.<metric>", in the tasks' order: those of each task that the data can serve or that a row was
 * scored on (on other data, e.g. before the data root changed), and those of the task that ranks the board. The bias pairs
 * are those of the data, then those that only a row knows.
 */
export function boardColumns(served: ServedTasks, rows: readonly Pick<BoardRow, 'results'>[]): string[] {
  const stored = [...new Set(rows.flatMap(({ results }) => Object.keys(results)))].sort();
  return TASK_NAMES.flatMap((task) => {
    const prefix = `${task}.`;
    const own = stored.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    if (!served.has(task) && own.length === 0 && task !== RANKING_TASK) return [];
    const known = [...new Set([...(served.get(task) ?? []), ...own])];
    return boardMetrics(task, known).map((metric) => `${prefix}${metric}`);
  });
}
