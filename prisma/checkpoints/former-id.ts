import { isId } from '../id.ts';
import type { Sql } from '../transaction.ts';

/** Under which id a checkpoint, or a file of one, is now that was once given out under this one; null for what is no id. */
export async function presentId(sql: Sql, id: string): Promise<string | null> {
  if (!isId(id)) return null;
  const former = await sql.selectFrom('FormerId').select('becameId').where('id', '=', id).executeTakeFirst();
  return former?.becameId ?? id;
}
