import { CHECKPOINT_KINDS, type InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { DataEdition } from '@gdbench/benchmark/task';
import type { Database } from '../database.ts';
import { notifyEvaluation, raiseBoard } from '../events/notify.ts';
import { newId } from '../id.ts';
import { addScoreJobs } from '../jobs/add.ts';
import { inTransaction, raw, type Sql } from '../transaction.ts';

export interface PlannedShard {
  /** Examples `from` (inclusive) to `to` (exclusive) of the task's examples that this evaluation scores. */
  readonly from: number;
  readonly to: number;
  /** Expected model rows. */
  readonly cost: number;
}

export interface PlannedTask {
  readonly task: string;
  readonly dataVersion: string;
  readonly examples: number;
  /** Of which edition its data are. */
  readonly edition: DataEdition;
  readonly shards: readonly PlannedShard[];
}

export interface Acceptance {
  readonly report: InspectionReport;
  readonly protocol: string;
  readonly warnings: readonly string[];
  /** In the order in which they are scored. */
  readonly tasks: readonly PlannedTask[];
}

const FENCE = `
  UPDATE "Evaluation" SET state = 'QUEUED', "stateSince" = now(), "inspectedAt" = now(), protocol = $3, warnings = $4,
    "shardsTotal" = $5, "leaseToken" = NULL, "leaseExpiresAt" = NULL
  WHERE id = $1 AND "leaseToken" = $2 AND state = 'INSPECTING'
  RETURNING "checkpointId"`;
const CHECKPOINT = 'UPDATE "Checkpoint" SET kind = $2::"CheckpointKind", parameters = $3, report = $4 WHERE id = $1';
const TASKS = `
  INSERT INTO "EvaluationTask" ("evaluationId", task, position, "dataVersion", examples, "shardsTotal",
    "editionState", edition, "editionOf")
  SELECT $1, task, position, "dataVersion", examples, "shardsTotal", "editionState", edition, "editionOf"
  FROM json_to_recordset($2) AS t(task text, position int, "dataVersion" text, examples int, "shardsTotal" int,
    "editionState" "EditionState", edition text, "editionOf" int)`;
const SHARDS = `
  INSERT INTO "Shard" (id, "evaluationId", task, position, "from", "to", cost)
  SELECT id, $1, task, position, "from", "to", cost
  FROM json_to_recordset($2) AS s(id uuid, task text, position int, "from" int, "to" int, cost int)`;
const ROW = 'INSERT INTO "LeaderboardRow" ("evaluationId", protocol) VALUES ($1, $2)';

/** QUEUED, with its plan: tasks, shards, a job for each shard, and a row on the board. False when the lease is lost. */
export async function accept(
  db: Database,
  evaluationId: string,
  token: string,
  acceptance: Acceptance,
): Promise<boolean> {
  const { report, protocol, warnings, tasks } = acceptance;
  const shards = tasks.flatMap(({ task, shards: planned }) => planned.map((shard) => ({ ...shard, task })));
  requirePlan(tasks);
  return inTransaction(db, async (sql) => {
    const fenced = await raw<{ checkpointId: string }>(sql, FENCE, [
      evaluationId,
      token,
      protocol,
      warnings,
      shards.length,
    ]);
    const checkpointId = fenced.rows[0]?.checkpointId;
    if (!checkpointId) return false;
    await raw(sql, CHECKPOINT, [
      checkpointId,
      CHECKPOINT_KINDS[report.kind],
      report.parameters,
      JSON.stringify(report),
    ]);
    await insertTasks(sql, evaluationId, tasks);
    const rows = shards.map((shard, position) => ({ id: newId(), position, ...shard }));
    await raw(sql, SHARDS, [evaluationId, JSON.stringify(rows)]);
    await addScoreJobs(sql, evaluationId);
    await raw(sql, ROW, [evaluationId, protocol]);
    await notifyEvaluation(sql, evaluationId);
    await raiseBoard(sql);
    return true;
  });
}

async function insertTasks(sql: Sql, evaluationId: string, tasks: readonly PlannedTask[]): Promise<void> {
  const rows = tasks.map(({ task, dataVersion, examples, edition, shards }, position) => ({
    task,
    position,
    dataVersion,
    examples,
    shardsTotal: shards.length,
    editionState: edition.state.toUpperCase(),
    edition: edition.name,
    editionOf: edition.of,
  }));
  await raw(sql, TASKS, [evaluationId, JSON.stringify(rows)]);
}

/** A plan must cover every example of every task once; anything else would end in a result that is not one. */
function requirePlan(tasks: readonly PlannedTask[]): void {
  if (tasks.length === 0) throw new Error('An evaluation needs at least one task: the plan has none.');
  for (const { task, examples, shards } of tasks) {
    let next = 0;
    for (const { from, to } of [...shards].sort((a, b) => a.from - b.from)) {
      if (from !== next || to <= from)
        throw new Error(`The plan of ${task} has no whole cover: ${from} to ${to} follows ${next}.`);
      next = to;
    }
    if (next !== examples || examples === 0)
      throw new Error(`The plan of ${task} covers ${next} of ${examples} examples.`);
  }
}
