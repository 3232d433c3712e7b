import type { ExampleScores } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { sql as text } from 'kysely';
import { addSummary } from '../chores/add.ts';
import type { Database } from '../database.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { writeScores } from '../scores/write.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { completeWork } from '../work/complete.ts';
import type { Held } from '../work/held.ts';
import { nextSeconds } from './size.ts';

export interface Completion {
  /** One for each example of the shard, in any order. */
  readonly scores: readonly ExampleScores[];
  /** How long scoring took, waiting left out: the next shards are cut by it. */
  readonly seconds: number;
  /** What a reader should know of how it was scored; each sentence stands with the evaluation once, however many shards say it. */
  readonly warnings?: readonly string[];
  /** The file of its samples' errors, which the storage holds. */
  readonly errors?: { readonly sha256: string; readonly bytes: number };
}

/** Sentences that one evaluation keeps, and their characters. */
const MOST_WARNINGS = 20;
const LONGEST_WARNING = 500;
/** Less is taken for no measure, but for its own length. */
const LEAST_SECONDS = 0.001;

// of 375 examples: 32 ms in the first tenth of 28,748 and 27 ms in the last, on a busy machine (npm run bench:work)
/**
 * Writes a shard's scores and counts them, in one transaction whose length depends on the shard alone. What they come to is a chore's,
 * which the first shard adds that is done after a summary.
 *
 * @returns 'fenced', and nothing is written, when the lease was lost or the shard is done already.
 */
export function complete(db: Database, held: Held, completion: Completion): Promise<'done' | 'fenced'> {
  return inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held);
    if (!work) return 'fenced';
    const shard = await keepArtifact(sql, held.id, completion);
    const { evaluationId, task } = shard;
    const examples = shard.to - shard.from;
    if (completion.scores.length !== examples)
      throw new Error(
        `Shard ${held.id} of ${task} has ${examples} examples, but scores of ${completion.scores.length} were given.`,
      );
    await sql.updateTable('Work').set({ done: examples }).where('id', '=', held.id).execute();
    await writeScores(sql, evaluationId, task, completion.scores);
    await countInTask(sql, evaluationId, task, examples);
    await countInEvaluation(sql, evaluationId, shard.cost, completion);
    await notifyEvaluation(sql, evaluationId);
    await raiseBoard(sql);
    return 'done';
  });
}

function keepArtifact(sql: Sql, workId: string, { errors }: Completion) {
  return sql
    .updateTable('Shard')
    .set({ errorsSha256: errors?.sha256 ?? null, errorsBytes: errors ? `${errors.bytes}` : null })
    .where('workId', '=', workId)
    .returning(['evaluationId', 'task', 'from', 'to', 'cost'])
    .executeTakeFirstOrThrow();
}

/** Its summary is due where it was up to date before, and at once where nothing of the task is missing any more. */
async function countInTask(sql: Sql, evaluationId: string, task: string, examples: number): Promise<void> {
  const now = await sql
    .updateTable('EvaluationTask')
    .set((of) => ({
      examplesDone: of('examplesDone', '+', examples),
      shardsDone: of('shardsDone', '+', 1),
    }))
    .where('evaluationId', '=', evaluationId)
    .where('task', '=', task)
    .returning(['examples', 'examplesDone', 'summarised', 'summariseAt'])
    .executeTakeFirstOrThrow();
  const isWhole = now.examplesDone === now.examples;
  const wasClean = now.examplesDone - examples === now.summarised;
  if (isWhole) await addSummary(sql, { evaluationId, task });
  else if (wasClean) await addSummary(sql, { evaluationId, task }, now.summariseAt);
}

async function countInEvaluation(
  sql: Sql,
  evaluationId: string,
  rows: number,
  { seconds, warnings = [] }: Completion,
): Promise<void> {
  const before = await sql
    .selectFrom('Evaluation')
    .select(['codeVersion', 'warnings', 'shardSeconds'])
    .where('id', '=', evaluationId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const versions = before.codeVersion?.split(', ') ?? [];
  const measured = Math.max(LEAST_SECONDS, seconds);
  await sql
    .updateTable('Evaluation')
    .set({
      shardsDone: text<number>`"shardsDone" + 1`,
      codeVersion: versions.includes(CODE_VERSION) ? before.codeVersion : [...versions, CODE_VERSION].join(', '),
      warnings: together(before.warnings ?? [], warnings),
      rowsPerSecond: rows / measured,
      shardSeconds: nextSeconds(before.shardSeconds, measured),
    })
    .where('id', '=', evaluationId)
    .execute();
}

/** Each sentence once, and not without end. */
function together(before: readonly string[], more: readonly string[]): string[] {
  const short = more.map((warning) => warning.slice(0, LONGEST_WARNING));
  const all = [...new Set([...before, ...short])];
  return all.slice(0, Math.max(before.length, MOST_WARNINGS));
}
