import type { StoredState } from '@gdbench/benchmark/states';
import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import type { DB } from '../generated/tables.ts';

const of = expressionBuilder<DB & { e: DB['Evaluation']; c: DB['Checkpoint'] }, 'e' | 'c'>();

/** Whether the evaluation `e` of the checkpoint `c` is stored in one of these ways. */
export function isShownAs(states: readonly StoredState[]): Expression<SqlBool> {
  return of.or(
    states.map(({ state, checkpoint }) =>
      checkpoint === null ? of('e.state', '=', state) : of.and({ 'e.state': state, 'c.state': checkpoint }),
    ),
  );
}
