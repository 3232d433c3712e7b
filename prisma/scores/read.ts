import type { ExampleScores } from '@gdbench/benchmark/task';
import { raw, type Sql } from '../transaction.ts';

const READ = `
  SELECT index, example, scores, images FROM "ExampleScore" WHERE "evaluationId" = $1 AND task = $2 ORDER BY index`;

/** All scores of the task so far, in the order of the examples. */
export async function readScores(sql: Sql, evaluationId: string, task: string): Promise<ExampleScores[]> {
  const { rows } = await raw<{ index: number; example: string; scores: number[]; images: number }>(sql, READ, [
    evaluationId,
    task,
  ]);
  return rows.map(({ index, example, scores, images }) => ({
    index,
    example,
    scores: Array.from({ length: scores.length / images }, (_, text) =>
      scores.slice(text * images, (text + 1) * images),
    ),
  }));
}
