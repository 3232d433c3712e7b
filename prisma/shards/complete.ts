import type { ExampleScores } from '@gdbench/benchmark/task';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { sql as text } from 'kysely';
import { addSummary } from '../chores/add.ts';
import type { Database } from '../database.ts';
import { hintEvaluation } from '../events/notify.ts';
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

// of 375 examples: 21 ms in the first tenth of 28,748 and 17 ms in the last (npm run bench:work)
/**
 * Writes a shard's scores and counts them, in one transaction whose length depends on the shard alone. What they come to is a chore's,
 * which the first shard adds that is done after a summary.
 *
 * @returns 'fenced', and nothing is written, when the lease was lost or the shard is done already.
 */
export async function complete(db: Database, held: Held, completion: Completion): Promise<'done' | 'fenced'> {
  const evaluationId = await inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held, { done: completion.scores.length });
    if (!work) return null;
    const shard = await keepArtifact(sql, held.id, completion);
    const { evaluationId, task } = shard;
    const examples = shard.to - shard.from;
    if (completion.scores.length !== examples)
      throw new Error(
        `Shard ${held.id} of ${task} has ${examples} examples, but scores of ${completion.scores.length} were given.`,
      );
    await keepNotes(sql, evaluationId, completion.warnings ?? []);
    await writeScores(sql, evaluationId, task, completion.scores);
    // last, and at once: other shards of the evaluation wait for these rows until the commit
    await count(sql, shard, completion.seconds);
    return evaluationId;
  });
  if (evaluationId === null) return 'fenced';
  hintEvaluation(db, evaluationId);
  return 'done';
}

type Done = Awaited<ReturnType<typeof keepArtifact>>;

function keepArtifact(sql: Sql, workId: string, { errors }: Completion) {
  return sql
    .updateTable('Shard')
    .set({ errorsSha256: errors?.sha256 ?? null, errorsBytes: errors ? `${errors.bytes}` : null })
    .where('workId', '=', workId)
    .returning(['evaluationId', 'task', 'from', 'to', 'cost'])
    .executeTakeFirstOrThrow();
}

/** What most shards say is there already, and then the evaluation's row is not touched. */
async function keepNotes(sql: Sql, evaluationId: string, warnings: readonly string[]): Promise<void> {
  const notes = sql.selectFrom('Evaluation').select(['codeVersion', 'warnings']).where('id', '=', evaluationId);
  if (isSame(await notes.executeTakeFirstOrThrow(), warnings)) return;
  const before = await notes.forNoKeyUpdate().executeTakeFirstOrThrow();
  await sql.updateTable('Evaluation').set(together(before, warnings)).where('id', '=', evaluationId).execute();
}

interface Notes {
  readonly codeVersion: string | null;
  readonly warnings: readonly string[] | null;
}

function isSame(before: Notes, warnings: readonly string[]): boolean {
  const after = together(before, warnings);
  return after.codeVersion === before.codeVersion && after.warnings.length === (before.warnings?.length ?? 0);
}

/** Each sentence once, and not without end; each version of the code once. */
function together({ codeVersion, warnings }: Notes, more: readonly string[]) {
  const before = warnings ?? [];
  const short = more.map((warning) => warning.slice(0, LONGEST_WARNING));
  const versions = [...new Set([...(codeVersion?.split(', ') ?? []), CODE_VERSION])];
  return {
    codeVersion: versions.join(', '),
    warnings: [...new Set([...before, ...short])].slice(0, Math.max(before.length, MOST_WARNINGS)),
  };
}

/**
 * Counts the shard in its task and in its evaluation. One that was cut off is one more from now on: it is counted here and not by the
 * claim, which so waits for no completion; of each task one was not cut off, the last. A summary of the task is due where it was up to
 * date before, and at once where nothing of the task is missing any more.
 */
async function count(sql: Sql, { evaluationId, task, from, to, cost }: Done, seconds: number): Promise<void> {
  const examples = to - from;
  const measured = Math.max(LEAST_SECONDS, seconds);
  const now = await sql
    .with('counted', (db) =>
      db
        .updateTable('EvaluationTask')
        .set({
          examplesDone: text<number>`"examplesDone" + ${examples}`,
          shardsDone: text<number>`"shardsDone" + 1`,
          shardsTotal: text<number>`"shardsTotal" + (examples > ${to})::int`,
        })
        .where('evaluationId', '=', evaluationId)
        .where('task', '=', task)
        .returning(['evaluationId', 'examples', 'examplesDone', 'summarised', 'summariseAt']),
    )
    .with('evaluation', (db) =>
      db
        .updateTable('Evaluation')
        .from('counted')
        .set({
          shardsDone: text<number>`"shardsDone" + 1`,
          shardsTotal: text<number>`"shardsTotal" + (counted.examples > ${to})::int`,
          rowsPerSecond: cost / measured,
          // no fewer than what another shard has come to meanwhile
          shardSeconds: text<number>`greatest("shardSeconds", ${nextSeconds(null, measured)}::float8)`,
        })
        .whereRef('Evaluation.id', '=', 'counted.evaluationId'),
    )
    .selectFrom('counted')
    .selectAll()
    .executeTakeFirstOrThrow();
  const isWhole = now.examplesDone === now.examples;
  const wasClean = now.examplesDone - examples === now.summarised;
  if (isWhole) await addSummary(sql, { evaluationId, task });
  else if (wasClean) await addSummary(sql, { evaluationId, task }, now.summariseAt);
}
