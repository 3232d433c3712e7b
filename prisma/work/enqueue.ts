import { notifyWork } from '../events/notify.ts';
import type { WorkKind } from '../generated/tables.ts';
import { newId } from '../id.ts';
import type { Sql } from '../transaction.ts';
import type { Whose } from './of.ts';
import { PRIORITY } from './priority.ts';

interface NewWork {
  readonly kind: WorkKind;
  /** Orders the work of one evaluation; default 0. */
  readonly position?: number;
}

/** Adds work, which waits from the end of the caller's transaction on; gives its ids in the same order. */
export async function enqueue(
  sql: Sql,
  { checkpointId, evaluationId, submitter }: Whose & { readonly submitter: string },
  work: readonly NewWork[],
): Promise<string[]> {
  const rows = work.map(({ kind, position = 0 }) => ({
    ...{ id: newId(), checkpointId, evaluationId, submitter },
    ...{ kind, position, priority: PRIORITY[kind].first },
  }));
  await sql.insertInto('Work').values(rows).execute();
  await notifyWork(sql);
  return rows.map(({ id }) => id);
}
