import { leadOfWork } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import type { Database } from '../database.ts';
import type { WorkKind } from '../generated/tables.ts';
import { type ClaimedInspection, claimedInspection } from '../inspection/claimed.ts';
import { type ClaimedPlan, claimedPlan } from '../planning/claimed.ts';
import { type ClaimedShard, claimedShard } from '../shards/claimed.ts';
import { takeShard } from '../shards/take.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { take } from './take.ts';
import { hintOf } from './tell.ts';

/** What a worker can take, and what makes one piece of work cheaper for it than another. */
export interface Claimant {
  readonly worker: string;
  readonly kinds: readonly WorkKind[];
  /** The evaluation whose model is loaded; null: none is. */
  readonly loaded: string | null;
  /** sha256 of the checkpoints that lie on its disk. */
  readonly onDisk: readonly string[];
}

export type ClaimedWork = ClaimedInspection | ClaimedPlan | ClaimedShard;

/**
 * Takes the next piece of work for LEASE_SECONDS; null when none waits.
 *
 * In this order: by priority, what is loaded, what lies on the disk, of the submitter of whom the fewest pieces are running, the
 * oldest. Of a shard that was never begun only as much is taken as serves the evaluation's size of shards just now.
 *
 * Its commit does not wait for the disk: what a crash of the database takes back is fenced by its token, and claimed anew.
 */
export async function claim(db: Database, claimant: Claimant): Promise<ClaimedWork | null> {
  const claimed = await inTransaction(db, async (sql) => {
    // what others have in their hands at this moment is passed over, unless there is nothing else
    const next = (await pick(sql, claimant, true)) ?? (await pick(sql, claimant, false));
    if (!next) return null;
    if (next.kind === 'INSPECT') return claimedInspection(sql, await take(sql, next.id, claimant.worker));
    if (next.kind === 'PLAN') return claimedPlan(sql, await take(sql, next.id, claimant.worker));
    return claimedShard(sql, await takeShard(sql, next.id, claimant.worker), claimant.worker);
  });
  if (claimed) hintOf(db, claimed);
  return claimed;
}

/** As exact as the column, into which a moment may have been rounded up: what was just made available is. */
const thisMoment = text<Date>`(SELECT clock_timestamp()::timestamptz(3))`;

/** The best so many are looked at: of fewer than these others have all in their hands at one moment. */
const CANDIDATES = 64;

/** The transaction's commit does not wait for the disk. */
const COMMIT_AT_ONCE = text<string>`set_config('synchronous_commit', 'off', true)`;

async function pick(sql: Sql, claimant: Claimant, skipLocked: boolean) {
  const best = await candidates(sql, claimant);
  if (best.length === 0) return undefined;
  const ids = best.map(({ id }) => id);
  const next = sql
    .selectFrom('Work')
    .select(['id', 'kind', COMMIT_AT_ONCE.as('commits')])
    .where('id', 'in', ids)
    .where('state', 'in', leadOfWork('claim').from)
    .orderBy(text`array_position(${ids}::uuid[], id)`)
    .limit(1)
    .forNoKeyUpdate();
  return (skipLocked ? next.skipLocked() : next).executeTakeFirst();
}

// a claim took 37 ms with 16,000 pieces waiting (npm run bench:work), and 16 ms with 100 among 64 that claim (npm run bench:scale)
/** The best pieces that wait, without a lock, so that only the first ones of all are sorted. */
function candidates(sql: Sql, { kinds, loaded, onDisk }: Claimant) {
  const near = sql
    .selectFrom('Checkpoint')
    .select('id')
    .where('sha256', 'in', onDisk.length > 0 ? onDisk : ['']);
  return (
    sql
      // once, and not for each piece that waits
      .with(
        (of) => of('busy').materialized(),
        (db) =>
          db
            .selectFrom('Work')
            .select((of) => ['submitter', of.fn.countAll<string>().as('running')])
            .where('state', '=', leadOfWork('claim').to)
            .groupBy('submitter'),
      )
      .selectFrom('Work')
      .select('id')
      .where('state', 'in', leadOfWork('claim').from)
      .where('kind', 'in', kinds)
      .where('availableAt', '<=', thisMoment)
      .orderBy('priority')
      .orderBy((of) => of('evaluationId', 'is not distinct from', loaded), 'desc')
      .orderBy((of) => of('checkpointId', 'in', near), 'desc')
      // who is not among the busy has none running
      .orderBy(
        (of) => of.selectFrom('busy').select('running').whereRef('busy.submitter', '=', 'Work.submitter'),
        (order) => order.nullsFirst(),
      )
      .orderBy('createdAt')
      .orderBy('evaluationId')
      .orderBy('position')
      .limit(CANDIDATES)
      .execute()
  );
}
