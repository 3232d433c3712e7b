import type { Database } from '../database.ts';
import { raiseBoard } from '../events/notify.ts';
import { newId } from '../id.ts';
import { inTransaction, type Sql } from '../transaction.ts';

/**
 * What a board asks now on this version of the data: a measurement of it, made where it was never asked before, and its present one
 * from now on.
 *
 * @param dataVersion sha256 over the lines "<task> <dataVersion>" of its tasks (dataSetSha256)
 * @returns the measurement's id
 */
export async function measure(sql: Sql, boardId: string, dataVersion: string): Promise<string> {
  // the lock lets two that come with the same new data at once find one measurement
  const board = await sql
    .selectFrom('Board')
    .select(['samples', 'seed', 'limit', 'measurementId'])
    .where('id', '=', boardId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const { samples, seed, limit } = board;
  const present = await sql
    .selectFrom('Measurement')
    .select('id')
    .where('boardId', '=', boardId)
    .where('samples', '=', samples)
    .where('seed', '=', seed)
    .where('limit', 'is not distinct from', limit)
    .where('dataVersion', '=', dataVersion)
    .executeTakeFirst();
  const id = present?.id ?? (await insert(sql, { boardId, samples, seed, limit, dataVersion }));
  if (id === board.measurementId) return id;
  await sql.updateTable('Board').set({ measurementId: id }).where('id', '=', boardId).execute();
  await raiseBoard(sql, boardId);
  return id;
}

/** The same, in a transaction of its own. */
export function measureBoard(db: Database, boardId: string, dataVersion: string): Promise<string> {
  return inTransaction(db, (sql) => measure(sql, boardId, dataVersion));
}

interface NewMeasurement {
  readonly boardId: string;
  readonly samples: number;
  readonly seed: number;
  readonly limit: number | null;
  readonly dataVersion: string;
}

async function insert(sql: Sql, measurement: NewMeasurement): Promise<string> {
  const { last } = await sql
    .selectFrom('Measurement')
    .select(({ fn }) => fn.coalesce(fn.max('number'), (of) => of.val(0)).as('last'))
    .where('boardId', '=', measurement.boardId)
    .executeTakeFirstOrThrow();
  const { id } = await sql
    .insertInto('Measurement')
    .values({ id: newId(), ...measurement, number: last + 1 })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
