import type { DataEdition } from '@gdbench/benchmark/task';
import { measure } from '../boards/measure.ts';
import type { Database } from '../database.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { completeWork } from '../work/complete.ts';
import { enqueue } from '../work/enqueue.ts';
import type { Held } from '../work/held.ts';
import type { Ask } from './claimed.ts';

export interface PlannedTask {
  readonly task: string;
  readonly dataVersion: string;
  readonly examples: number;
  /** Of which edition its data are. */
  readonly edition: DataEdition;
  /** Expected model rows of all of it. */
  readonly cost: number;
}

export interface Plan {
  /** What it was planned for. */
  readonly ask: Ask;
  /** Of all of its data: dataSetSha256. */
  readonly dataVersion: string;
  readonly warnings: readonly string[];
  /** In the order in which they are scored. */
  readonly tasks: readonly PlannedTask[];
}

/** The board asks something else by now than what the evaluation was planned for. */
class OtherAsk extends Error {}

/**
 * Gives a QUEUED evaluation its measurement and its tasks, with a shard for each, which is cut on as it is claimed, and a row on the
 * board.
 *
 * @returns 'fenced' when the lease was lost; 'outdated' when the board asks something else by now. Then nothing is written.
 */
export async function plan(db: Database, held: Held, planned: Plan): Promise<'planned' | 'fenced' | 'outdated'> {
  requirePlan(planned.tasks);
  try {
    return await inTransaction(db, (sql) => write(sql, held, planned));
  } catch (error) {
    if (error instanceof OtherAsk) return 'outdated';
    throw error;
  }
}

async function write(sql: Sql, held: Held, { ask, dataVersion, warnings, tasks }: Plan): Promise<'planned' | 'fenced'> {
  const work = await completeWork(sql, held);
  if (!work) return 'fenced';
  const { evaluationId, protocol, boardId, ...of } = await sql
    .selectFrom('Evaluation')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .select(['Evaluation.id as evaluationId', 'Evaluation.checkpointId', 'Evaluation.protocol'])
    .select(['Submission.boardId', 'Submission.submitter'])
    .where('Evaluation.id', '=', work.evaluationId)
    .forNoKeyUpdate('Evaluation')
    .executeTakeFirstOrThrow();
  if (protocol === null) throw new Error(`Evaluation ${evaluationId} is planned and has no protocol.`);
  const measurementId = await measure(sql, boardId, dataVersion);
  await requireAsk(sql, measurementId, ask);
  await sql
    .updateTable('Evaluation')
    .set({ measurementId, warnings: [...warnings], shardsTotal: tasks.length })
    .where('id', '=', evaluationId)
    .execute();
  await insertTasks(sql, evaluationId, tasks);
  await enqueueShards(sql, { ...of, evaluationId }, tasks);
  await sql.insertInto('LeaderboardRow').values({ evaluationId, protocol, measurementId }).execute();
  await notifyEvaluation(sql, evaluationId);
  await raiseBoard(sql, boardId);
  return 'planned';
}

/** @throws OtherAsk */
async function requireAsk(sql: Sql, measurementId: string, ask: Ask): Promise<void> {
  const { samples, seed, limit } = await sql
    .selectFrom('Measurement')
    .select(['samples', 'seed', 'limit'])
    .where('id', '=', measurementId)
    .executeTakeFirstOrThrow();
  if (samples !== ask.samples || seed !== ask.seed || limit !== ask.limit) throw new OtherAsk();
}

const EDITION_STATES = { whole: 'WHOLE', part: 'PART', unknown: 'UNKNOWN' } as const;

async function insertTasks(sql: Sql, evaluationId: string, tasks: readonly PlannedTask[]): Promise<void> {
  const rows = tasks.map(({ task, dataVersion, examples, edition }, position) => ({
    ...{ evaluationId, task, position, dataVersion, examples, shardsTotal: 1 },
    editionState: EDITION_STATES[edition.state],
    edition: edition.name,
    editionOf: edition.of,
  }));
  await sql.insertInto('EvaluationTask').values(rows).execute();
}

interface Of {
  readonly evaluationId: string;
  readonly checkpointId: string;
  readonly submitter: string;
}

async function enqueueShards(sql: Sql, of: Of, tasks: readonly PlannedTask[]): Promise<void> {
  let position = 0;
  const work = tasks.map(({ examples }) => {
    const first = position;
    position += examples;
    return { kind: 'SCORE', position: first } as const;
  });
  const ids = await enqueue(sql, of, work);
  const { evaluationId } = of;
  const shards = tasks.map(({ task, examples, cost }, i) => ({
    workId: ids[i]!,
    ...{ evaluationId, task, from: 0, to: examples, cost },
  }));
  await sql.insertInto('Shard').values(shards).execute();
}

/** A plan of nothing would end in a result that is not one. */
function requirePlan(tasks: readonly PlannedTask[]): void {
  if (tasks.length === 0) throw new Error('An evaluation needs at least one task: the plan has none.');
  for (const { task, examples, cost } of tasks)
    if (!(Number.isInteger(examples) && examples > 0 && Number.isInteger(cost) && cost > 0))
      throw new Error(`The plan of ${task} has ${examples} examples for ${cost} rows: both must be positive.`);
}
