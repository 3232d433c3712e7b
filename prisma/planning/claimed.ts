import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { storedReport } from '../checkpoints/stored-report.ts';
import type { Sql } from '../transaction.ts';
import type { Held } from '../work/held.ts';
import type { Taken } from '../work/take.ts';

/** What a board asks of a checkpoint. */
export interface Ask {
  /** Samples of noise. */
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
}

/** An evaluation to be planned, under a lease. */
export interface ClaimedPlan extends Held {
  readonly kind: 'PLAN';
  readonly evaluationId: string;
  readonly checkpointId: string;
  /** Null where the evaluation was queued before its checkpoint was known. */
  readonly protocol: string | null;
  /** What inspection found; null where it is of a form that is no longer known. */
  readonly report: InspectionReport | null;
  readonly ask: Ask;
  /** This one included. */
  readonly attempts: number;
}

/** What a plan that was just taken is of. */
export async function claimedPlan(sql: Sql, { id, token, attempts }: Taken): Promise<ClaimedPlan> {
  const { report, samples, seed, limit, ...of } = await sql
    .selectFrom('Work')
    .innerJoin('Evaluation', 'Evaluation.id', 'Work.evaluationId')
    .innerJoin('Submission', 'Submission.id', 'Evaluation.submissionId')
    .innerJoin('Board', 'Board.id', 'Submission.boardId')
    .innerJoin('Checkpoint', 'Checkpoint.id', 'Work.checkpointId')
    .select(['Evaluation.id as evaluationId', 'Evaluation.protocol', 'Work.checkpointId', 'Checkpoint.report'])
    .select(['Board.samples', 'Board.seed', 'Board.limit'])
    .where('Work.id', '=', id)
    .executeTakeFirstOrThrow();
  return { kind: 'PLAN', id, token, attempts, ...of, report: storedReport(report), ask: { samples, seed, limit } };
}
