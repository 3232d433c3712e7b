import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import { readWaitingFor } from '../checkpoints/waiting.ts';
import type { DB } from '../generated/tables.ts';
import type { Sql } from '../transaction.ts';

/** All work of an evaluation; or the inspection of a checkpoint, which is of no evaluation but for all who wait. */
export type WorkOf = { readonly evaluationId: string } | { readonly checkpointId: string };

const work = expressionBuilder<DB, 'Work'>();

export function isOf(of: WorkOf): Expression<SqlBool> {
  return 'evaluationId' in of
    ? work('Work.evaluationId', '=', of.evaluationId)
    : work.and([work('Work.evaluationId', 'is', null), work('Work.checkpointId', '=', of.checkpointId)]);
}

/** Of which evaluation (null: an inspection) and checkpoint a piece of work is. */
export interface Whose {
  readonly evaluationId: string | null;
  readonly checkpointId: string;
}

export const workOf = ({ evaluationId, checkpointId }: Whose): WorkOf =>
  evaluationId === null ? { checkpointId } : { evaluationId };

/** The evaluations that a piece of work is for. */
export async function evaluationsOf(sql: Sql, { evaluationId, checkpointId }: Whose): Promise<string[]> {
  if (evaluationId !== null) return [evaluationId];
  return (await readWaitingFor(sql, checkpointId)).map((waiting) => waiting.evaluationId);
}
