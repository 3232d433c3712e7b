import type { TaskSummary } from '@gdbench/benchmark/task';
import type { Sql } from '../transaction.ts';

/**
 * Writes a task's metrics so far, in the place of those before, where the evaluation's page and the board read them.
 *
 * @param complete no shard of the task is missing
 */
export async function writeSummary(
  sql: Sql,
  evaluationId: string,
  task: string,
  summary: TaskSummary,
  complete: boolean,
): Promise<void> {
  const { protocol, measurementId } = await sql
    .selectFrom('Evaluation')
    .select(['protocol', 'measurementId'])
    .where('id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  if (protocol === null || measurementId === null)
    throw new Error(`Evaluation ${evaluationId} has results of ${task} and was never planned.`);
  if (summary.metrics.length > 0)
    await sql
      .insertInto('Result')
      .values(
        summary.metrics.map(({ metric, value, low, high, chance, n, sizes }) => ({
          ...{ evaluationId, task, metric, protocol, measurementId, n, complete, sizes: [...(sizes ?? [])] },
          ...{ value: defined(value), low: defined(low), high: defined(high), chance: defined(chance) },
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['evaluationId', 'task', 'metric']).doUpdateSet(({ ref }) => ({
          value: ref('excluded.value'),
          low: ref('excluded.low'),
          high: ref('excluded.high'),
          chance: ref('excluded.chance'),
          n: ref('excluded.n'),
          sizes: ref('excluded.sizes'),
          complete: ref('excluded.complete'),
        })),
      )
      .execute();
  if (complete)
    await sql
      .updateTable('EvaluationTask')
      .set({ ties: summary.ties })
      .where('evaluationId', '=', evaluationId)
      .where('task', '=', task)
      .execute();
}

/** What is no finite number is undefined. */
const defined = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
