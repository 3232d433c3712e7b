import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { leadOfEvaluation } from '@gdbench/benchmark/states';
import { workerNamed } from '../actor.ts';
import { readFiles } from '../checkpoints/read-files.ts';
import type { ManifestFile } from '../checkpoints/rows.ts';
import { storedReport } from '../checkpoints/stored-report.ts';
import { transition } from '../evaluations/transition.ts';
import { raiseBoardOf } from '../events/notify.ts';
import type { Sql } from '../transaction.ts';
import type { Held } from '../work/held.ts';

/** A shard under a lease, with all that scoring needs. */
export interface ClaimedShard extends Held {
  readonly kind: 'SCORE';
  readonly evaluationId: string;
  readonly task: string;
  /** Examples `from` (inclusive) to `to` (exclusive) of those that the evaluation scores. */
  readonly from: number;
  readonly to: number;
  /** This one included. */
  readonly attempts: number;
  readonly dataVersion: string;
  readonly protocol: string;
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  readonly checkpointId: string;
  readonly checkpointName: string;
  readonly checkpointSha256: string;
  readonly files: readonly ManifestFile[];
  /** What inspection found; null where it is of a form that is no longer known. */
  readonly report: InspectionReport | null;
}

/** What a shard that was just taken is of; the first one of an evaluation makes it SCORING. */
export async function claimedShard(sql: Sql, { id, token }: Held, worker: string): Promise<ClaimedShard> {
  const row = await sql
    .selectFrom('Work')
    .innerJoin('Shard', 'Shard.workId', 'Work.id')
    .innerJoin('Evaluation', 'Evaluation.id', 'Work.evaluationId')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .innerJoin('Measurement', 'Measurement.id', 'Evaluation.measurementId')
    .innerJoin('Checkpoint', 'Checkpoint.id', 'Work.checkpointId')
    .innerJoin('EvaluationTask', (join) =>
      join
        .onRef('EvaluationTask.evaluationId', '=', 'Shard.evaluationId')
        .onRef('EvaluationTask.task', '=', 'Shard.task'),
    )
    .select([
      'Evaluation.id as evaluationId',
      'Work.attempts',
      'Shard.task',
      'Shard.from',
      'Shard.to',
      'EvaluationTask.dataVersion',
    ])
    .select(['Evaluation.state', 'Evaluation.protocol', 'Measurement.samples', 'Measurement.seed', 'Measurement.limit'])
    .select(['Work.checkpointId', 'Submission.name as checkpointName', 'Checkpoint.sha256 as checkpointSha256'])
    .select('Checkpoint.report')
    .where('Work.id', '=', id)
    .executeTakeFirstOrThrow();
  const { state, report, protocol, ...shard } = row;
  if (protocol === null) throw new Error(`Evaluation ${shard.evaluationId} has shards and no protocol.`);
  const files = await readFiles(sql, shard.checkpointId);
  const isFirst = leadOfEvaluation('begin').from.includes(state);
  if (isFirst && (await transition(sql, workerNamed(worker), shard.evaluationId, 'begin')))
    await raiseBoardOf(sql, shard.evaluationId);
  return { kind: 'SCORE', id, token, ...shard, protocol, report: storedReport(report), files };
}
