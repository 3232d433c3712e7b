import { CHECKPOINT_KINDS, type InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { DataEdition } from '@gdbench/benchmark/task';
import type { Database } from '../database.ts';
import { transition } from '../evaluations/transition.ts';
import { raiseBoard } from '../events/notify.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { type Completed, completeWork } from '../work/complete.ts';
import { enqueue } from '../work/enqueue.ts';
import type { Held } from '../work/held.ts';

export interface PlannedTask {
  readonly task: string;
  readonly dataVersion: string;
  readonly examples: number;
  /** Of which edition its data are. */
  readonly edition: DataEdition;
  /** Expected model rows of all of it. */
  readonly cost: number;
}

export interface Acceptance {
  readonly report: InspectionReport;
  readonly protocol: string;
  readonly warnings: readonly string[];
  /** In the order in which they are scored. */
  readonly tasks: readonly PlannedTask[];
}

/**
 * QUEUED, with its plan: tasks, a shard for each, which is cut on as it is claimed, and a row on the board. False when the lease is
 * lost.
 */
export async function accept(db: Database, held: Held, acceptance: Acceptance): Promise<boolean> {
  requirePlan(acceptance.tasks);
  return inTransaction(db, async (sql) => {
    const work = await completeWork(sql, held);
    if (!work) return false;
    const { evaluationId, checkpointId } = work;
    await keepReport(sql, checkpointId, acceptance.report);
    await insertTasks(sql, evaluationId, acceptance.tasks);
    await enqueueShards(sql, evaluationId, acceptance.tasks);
    await queue(sql, work, acceptance);
    await raiseBoard(sql);
    return true;
  });
}

async function queue(
  sql: Sql,
  { evaluationId, by }: Completed,
  { protocol, warnings, tasks }: Acceptance,
): Promise<void> {
  const plan = { protocol, warnings: [...warnings], shardsTotal: tasks.length };
  // its inspection was held until now, so that it is being inspected
  if (!(await transition(sql, by, evaluationId, 'accept', plan)))
    throw new Error(`Evaluation ${evaluationId} has an inspection under way and is in no state to be accepted.`);
  await sql.insertInto('LeaderboardRow').values({ evaluationId, protocol }).execute();
}

async function keepReport(sql: Sql, checkpointId: string, report: InspectionReport): Promise<void> {
  await sql
    .updateTable('Checkpoint')
    .set({ kind: CHECKPOINT_KINDS[report.kind], parameters: `${report.parameters}`, report: JSON.stringify(report) })
    .where('id', '=', checkpointId)
    .execute();
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

async function enqueueShards(sql: Sql, evaluationId: string, tasks: readonly PlannedTask[]): Promise<void> {
  let position = 0;
  const work = tasks.map(({ examples }) => {
    const first = position;
    position += examples;
    return { kind: 'SCORE', position: first } as const;
  });
  const ids = await enqueue(sql, evaluationId, work);
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
