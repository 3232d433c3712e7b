import type { Database } from '../database.ts';
import { newId } from '../id.ts';
import { inTransaction } from '../transaction.ts';

/** What a board asks of a checkpoint. */
export interface BoardAsk {
  readonly slug: string;
  readonly title: string;
  /** Samples of noise. */
  readonly samples: number;
  readonly seed: number;
  /** Examples a subtask or group; null: all. */
  readonly limit: number | null;
  /** "<task>.<metric>" */
  readonly rankingMetric: string;
}

/**
 * The board with this slug asks this from now on; it is made where there is none. What was scored by what it asked before stays, as
 * another measurement.
 *
 * @returns its id
 */
export function ensureBoard(db: Database, ask: BoardAsk): Promise<string> {
  return inTransaction(db, async (sql) => {
    const { id } = await sql
      .insertInto('Board')
      .values({ id: newId(), ...ask })
      .onConflict((conflict) =>
        conflict.column('slug').doUpdateSet(({ ref }) => ({
          title: ref('excluded.title'),
          samples: ref('excluded.samples'),
          seed: ref('excluded.seed'),
          limit: ref('excluded.limit'),
          rankingMetric: ref('excluded.rankingMetric'),
        })),
      )
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  });
}
