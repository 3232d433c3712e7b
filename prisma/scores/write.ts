import type { ExampleScores } from '@gdbench/benchmark/task';
import { sql as text } from 'kysely';
import type { Sql } from '../transaction.ts';

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
  // one parameter, however many examples
  await text`
    INSERT INTO "ExampleScore" ("evaluationId", task, index, example, scores, images)
    SELECT ${evaluationId}::uuid, ${task}, index, example, scores, images
    FROM json_to_recordset(${JSON.stringify(rows)}) AS s(index int, example text, scores float8[], images int)`.execute(
    sql,
  );
}
