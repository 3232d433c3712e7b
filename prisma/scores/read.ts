import type { ExampleScores } from '@gdbench/benchmark/task';
import type { Sql } from '../transaction.ts';

/** All scores of the task so far, in the order of the examples. */
export async function readScores(sql: Sql, evaluationId: string, task: string): Promise<ExampleScores[]> {
  const rows = await sql
    .selectFrom('ExampleScore')
    .select(['index', 'example', 'scores', 'images'])
    .where('evaluationId', '=', evaluationId)
    .where('task', '=', task)
    .orderBy('index')
    .execute();
  return rows.map(({ index, example, scores, images }) => ({
    index,
    example,
    scores: Array.from({ length: scores.length / images }, (_, row) => scores.slice(row * images, (row + 1) * images)),
  }));
}
