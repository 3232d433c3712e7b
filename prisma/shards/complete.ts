import type { ExampleScores, TaskSummary } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import type { Database } from '../database.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { giveRank } from '../results/give-rank.ts';
import { writeSummary } from '../results/write-summary.ts';
import { readScores } from '../scores/read.ts';
import { writeScores } from '../scores/write.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';

export interface Completion {
  /** One for each example of the shard, in any order. */
  readonly scores: readonly ExampleScores[];
  /** Metrics of all scores of the task so far, in the order of the examples; `complete`: no shard is missing. */
  summarise(all: ExampleScores[], complete: boolean): TaskSummary | Promise<TaskSummary>;
  /** "<task>.<metric>" that orders the board. */
  readonly rankingMetric: string;
  /** What a reader should know of how it was scored; each sentence stands with the evaluation once, however many shards say it. */
  readonly warnings?: readonly string[];
  /** The file of its samples' errors, which the storage holds. */
  readonly errors?: { readonly sha256: string; readonly bytes: number };
}

/** Sentences that one evaluation keeps, and their characters. */
const MOST_WARNINGS = 20;
const LONGEST_WARNING = 500;

interface Fenced {
  evaluationId: string;
  task: string;
  examples: number;
}

const FENCE = `
  UPDATE "Shard" SET state = 'DONE', "examplesDone" = "to" - "from", "finishedAt" = now(), "heartbeatAt" = now(),
    "leaseToken" = NULL, "leaseExpiresAt" = NULL, error = NULL, "errorsSha256" = $3, "errorsBytes" = $4
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'RUNNING'
  RETURNING "evaluationId", task, "to" - "from" AS examples`;
// locks the row until the end, so that completions of one task follow each other, each seeing the scores of those before
const TASK_DONE = `
  UPDATE "EvaluationTask" SET "examplesDone" = "examplesDone" + $3, "shardsDone" = "shardsDone" + 1
  WHERE "evaluationId" = $1 AND task = $2
  RETURNING "shardsDone" = "shardsTotal" AS complete`;
const EVALUATION_DONE = `
  UPDATE "Evaluation" SET "shardsDone" = "shardsDone" + 1,
    "codeVersion" = CASE WHEN $4::text = ANY (string_to_array("codeVersion", ', ')) THEN "codeVersion"
      ELSE concat_ws(', ', "codeVersion", $4) END,
    warnings = warnings || ARRAY(
      SELECT new.warning FROM unnest($2::text[]) WITH ORDINALITY AS new(warning, place)
      WHERE new.warning <> ALL (warnings) ORDER BY new.place LIMIT greatest(0, $3 - cardinality(warnings))),
    state = CASE WHEN "shardsDone" + 1 = "shardsTotal" THEN 'DONE' ELSE state END,
    "stateSince" = CASE WHEN "shardsDone" + 1 = "shardsTotal" THEN now() ELSE "stateSince" END,
    "finishedAt" = CASE WHEN "shardsDone" + 1 = "shardsTotal" THEN now() END
  WHERE id = $1
  RETURNING state = 'DONE' AS done`;
/**
 * Writes a shard's scores, its task's results so far and the board's row, in one transaction.
 * The last shard of the evaluation makes it DONE and gives it its rank where the data of the task that ranks are all of an edition
 * that is known.
 *
 * @returns 'fenced', and nothing is written, when the lease was lost or the shard is done already.
 */
export function complete(
  db: Database,
  shardId: string,
  token: string,
  completion: Completion,
): Promise<'done' | 'fenced'> {
  return inTransaction(db, async (sql) => {
    const { errors, warnings = [] } = completion;
    const fenced = await raw<Fenced>(sql, FENCE, [shardId, token, errors?.sha256, errors?.bytes]);
    const shard = fenced.rows[0];
    if (!shard) return 'fenced';
    await writeResults(sql, shardId, shard, completion);
    const { rows } = await raw<{ done: boolean }>(sql, EVALUATION_DONE, [
      shard.evaluationId,
      [...new Set(warnings.map((warning) => warning.slice(0, LONGEST_WARNING)))],
      MOST_WARNINGS,
      CODE_VERSION,
    ]);
    if (rows[0]?.done) await giveRank(sql, shard.evaluationId, completion.rankingMetric);
    await notifyEvaluation(sql, shard.evaluationId);
    await raiseBoard(sql);
    return 'done';
  });
}

async function writeResults(
  sql: Sql,
  shardId: string,
  shard: Fenced,
  { scores, summarise }: Completion,
): Promise<void> {
  const { evaluationId, task, examples } = shard;
  if (scores.length !== examples)
    throw new Error(`Shard ${shardId} of ${task} has ${examples} examples, but scores of ${scores.length} were given.`);
  await writeScores(sql, evaluationId, task, scores);
  const { rows } = await raw<{ complete: boolean }>(sql, TASK_DONE, [evaluationId, task, examples]);
  const isComplete = rows[0]?.complete ?? false;
  const summary = await summarise(await readScores(sql, evaluationId, task), isComplete);
  await writeSummary(sql, evaluationId, task, summary, isComplete);
}
