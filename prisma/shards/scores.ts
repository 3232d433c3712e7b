import type { ExampleScores } from '@gdbench/benchmark/task';
import type { Sql } from '../transaction.ts';

const WRITE = `
  INSERT INTO "ExampleScore" ("evaluationId", task, index, example, scores, images)
  SELECT $1, $2, index, example, scores, images
  FROM json_to_recordset($3) AS s(index int, example text, scores float8[], images int)`;
const READ = `
  SELECT index, example, scores, images FROM "ExampleScore" WHERE "evaluationId" = $1 AND task = $2 ORDER BY index`;

/** Adds scores of examples that have none yet; a second score of the same example is an error. */
export async function writeScores(
  sql: Sql,
  evaluationId: string,
  task: string,
  scores: readonly ExampleScores[],
): Promise<void> {
  const rows = scores.map(({ index, example, scores: matrix }) => {
    const images = matrix[0]?.length ?? 0;
    if (images === 0 || !matrix.every((row) => row.length === images && row.every(Number.isFinite)))
      throw new Error(`The scores of ${task} example ${example} are no whole matrix of finite numbers.`);
    return { index, example, scores: matrix.flat(), images };
  });
  await sql.query(WRITE, [evaluationId, task, JSON.stringify(rows)]);
}

/** All scores of the task so far, in the order of the examples. */
export async function readScores(sql: Sql, evaluationId: string, task: string): Promise<ExampleScores[]> {
  const { rows } = await sql.query<{ index: number; example: string; scores: number[]; images: number }>(READ, [
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
