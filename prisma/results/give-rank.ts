import type { Sql } from '../transaction.ts';
import { columnOf } from './column.ts';

/**
 * Gives a finished evaluation its rank by its board's ranking metric, where the data of that task are all of an edition that is known;
 * elsewhere it keeps none.
 */
export async function giveRank(sql: Sql, evaluationId: string): Promise<void> {
  const { rankingMetric } = await sql
    .selectFrom('Evaluation')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .innerJoin('Board', 'Board.id', 'Submission.boardId')
    .select('Board.rankingMetric')
    .where('Evaluation.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  const { task, metric } = columnOf(rankingMetric);
  await sql
    .updateTable('LeaderboardRow')
    .from('Result')
    .innerJoin('EvaluationTask', (join) =>
      join
        .onRef('EvaluationTask.evaluationId', '=', 'Result.evaluationId')
        .onRef('EvaluationTask.task', '=', 'Result.task'),
    )
    .set(({ ref }) => ({
      rankValue: ref('Result.value'),
      rankLow: ref('Result.low'),
      rankHigh: ref('Result.high'),
    }))
    .whereRef('Result.evaluationId', '=', 'LeaderboardRow.evaluationId')
    .where('LeaderboardRow.evaluationId', '=', evaluationId)
    .where('Result.task', '=', task)
    .where('Result.metric', '=', metric)
    .where('EvaluationTask.editionState', '=', 'WHOLE')
    .execute();
}
