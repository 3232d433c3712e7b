import { leadOfEvaluation } from '@gdbench/benchmark/states';
import type { ExampleScores, TaskSummary } from '@gdbench/benchmark/task';
import { sql as text } from 'kysely';
import { addSummary } from '../chores/add.ts';
import type { SummariseChore } from '../chores/summary.ts';
import type { Database } from '../database.ts';
import { transition } from '../evaluations/transition.ts';
import { notifyEvaluation, raiseBoardOf } from '../events/notify.ts';
import { readScores } from '../scores/read.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { giveRank } from './give-rank.ts';
import { supersede } from './supersede.ts';
import { writeSummary } from './write-summary.ts';

interface Summarised {
  /** No score is missing. */
  readonly complete: boolean;
  readonly dataVersion: string;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
}

interface Summary {
  /** Metrics of all scores of the task so far, in the order of the examples. */
  summarise(all: ExampleScores[], of: Summarised): TaskSummary | Promise<TaskSummary>;
}

/** After a summary the next one of the task waits for so many times as long as it took: summaries never take most of the time. */
const PAUSES = 5;

// of all 28,748 examples of vg_attribution 2.9 s, 2.4 s of them in the bootstrap, on a busy machine (npm run bench:work)
/**
 * Brings a task's results up to its scores. They are read and summarised outside of any transaction, so that no shard waits for it.
 * The summary of the last example of the last task makes the evaluation DONE and gives it its rank.
 *
 * @returns whether the results are now those of all of the task's examples; null, and nothing is written, where they were up to date or
 * the evaluation has ended.
 */
export async function summariseTask(
  db: Database,
  chore: SummariseChore,
  { summarise }: Summary,
): Promise<{ readonly complete: boolean } | null> {
  const { evaluationId, task } = chore;
  const began = performance.now();
  const due = await readDue(db.sql, chore);
  if (!due || due.summarised >= due.examplesDone) return null;
  const scores = await readScores(db.sql, evaluationId, task);
  const complete = scores.length === due.examples;
  const { dataVersion, limit } = due;
  const summary = await summarise(scores, { complete, dataVersion, limit });
  const pause = (PAUSES * (performance.now() - began)) / 1_000;
  return inTransaction(db, async (sql) => {
    if (!(await keepUp(sql, chore, scores.length, pause))) return null;
    await writeSummary(sql, evaluationId, task, summary, complete);
    if (!(await finishWhenSummarised(sql, evaluationId))) await notifyEvaluation(sql, evaluationId);
    await raiseBoardOf(sql, evaluationId);
    return { complete };
  });
}

function readDue(sql: Sql, { evaluationId, task }: SummariseChore) {
  return sql
    .selectFrom('EvaluationTask')
    .innerJoin('Evaluation', 'Evaluation.id', 'EvaluationTask.evaluationId')
    .innerJoin('Measurement', 'Measurement.id', 'Evaluation.measurementId')
    .select(['EvaluationTask.examples', 'EvaluationTask.examplesDone', 'EvaluationTask.summarised'])
    .select(['EvaluationTask.dataVersion', 'Measurement.limit'])
    .where('evaluationId', '=', evaluationId)
    .where('task', '=', task)
    .executeTakeFirst();
}

/**
 * The results are of so many examples now. Where there are more scores already, another summary is added, after a pause.
 *
 * @returns false, and nothing is changed, where results of as many are stored or the evaluation has ended
 */
async function keepUp(sql: Sql, chore: SummariseChore, summarised: number, pause: number): Promise<boolean> {
  const { evaluationId, task } = chore;
  const kept = await sql
    .updateTable('EvaluationTask')
    .set({ summarised, summariseAt: text<Date>`clock_timestamp() + make_interval(secs => ${pause})` })
    .where('evaluationId', '=', evaluationId)
    .where('task', '=', task)
    .where('summarised', '<', summarised)
    .where((of) =>
      of.exists(
        of
          .selectFrom('Evaluation')
          .select('id')
          .where('id', '=', evaluationId)
          .where('state', 'in', leadOfEvaluation('finish').from),
      ),
    )
    .returning(['examples', 'examplesDone', 'summariseAt'])
    .executeTakeFirst();
  if (!kept) return false;
  const { examples, examplesDone, summariseAt } = kept;
  if (examplesDone > summarised) await addSummary(sql, chore, examplesDone === examples ? null : summariseAt);
  return true;
}

/** DONE, with its rank, where all of it is scored and summarised; false where something is missing. */
async function finishWhenSummarised(sql: Sql, evaluationId: string): Promise<boolean> {
  // of two last summaries that are written at the same moment the second one waits here, and then sees the first
  await sql.selectFrom('Evaluation').select('id').where('id', '=', evaluationId).forNoKeyUpdate().execute();
  const missing = await sql
    .selectFrom('EvaluationTask')
    .select('task')
    .where('evaluationId', '=', evaluationId)
    .whereRef('summarised', '<', 'examples')
    .limit(1)
    .executeTakeFirst();
  if (missing || !(await transition(sql, 'service', evaluationId, 'finish'))) return false;
  await giveRank(sql, evaluationId);
  await supersede(sql, evaluationId);
  return true;
}
