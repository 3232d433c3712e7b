import { leadOfWork } from '@gdbench/benchmark/states';
import { sql as text } from 'kysely';
import type { Database } from '../database.ts';
import type { WorkKind } from '../generated/tables.ts';
import { type ClaimedInspection, claimedInspection } from '../inspection/claimed.ts';
import { type ClaimedShard, claimedShard } from '../shards/claimed.ts';
import { takeShard } from '../shards/take.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { take } from './take.ts';

/** What a worker can take, and what makes one piece of work cheaper for it than another. */
export interface Claimant {
  readonly worker: string;
  readonly kinds: readonly WorkKind[];
  /** The evaluation whose model is loaded; null: none is. */
  readonly loaded: string | null;
  /** sha256 of the checkpoints that lie on its disk. */
  readonly onDisk: readonly string[];
}

export type ClaimedWork = ClaimedInspection | ClaimedShard;

/**
 * Takes the next piece of work for LEASE_SECONDS; null when none waits.
 *
 * In this order: by priority, what is loaded, what lies on the disk, of the submitter of whom the fewest pieces are running, the
 * oldest. Of a shard that was never begun only as much is taken as serves the evaluation's size of shards just now.
 *
 * With 16,000 pieces waiting, of 1,000 evaluations: see bench of the queue.
 */
export function claim(db: Database, claimant: Claimant): Promise<ClaimedWork | null> {
  return inTransaction(db, async (sql) => {
    // what others have in their hands at this moment is passed over, unless there is nothing else
    const next = (await pick(sql, claimant, true)) ?? (await pick(sql, claimant, false));
    if (!next) return null;
    if (next.kind === 'INSPECT') return claimedInspection(sql, await take(sql, next.id, claimant.worker));
    return claimedShard(sql, await takeShard(sql, next.id, claimant.worker), claimant.worker);
  });
}

/** As exact as the column, into which a moment may have been rounded up: what was just made available is. */
const thisMoment = text<Date>`clock_timestamp()::timestamptz(3)`;

function pick(sql: Sql, { kinds, loaded, onDisk }: Claimant, skipLocked: boolean) {
  const running = sql
    .selectFrom('Work')
    .select((of) => ['submitter', of.fn.countAll<string>().as('running')])
    .where('state', '=', leadOfWork('claim').to)
    .groupBy('submitter')
    .as('busy');
  const near = sql
    .selectFrom('Checkpoint')
    .select('id')
    .where('sha256', 'in', onDisk.length > 0 ? onDisk : ['']);
  const next = sql
    .selectFrom('Work')
    .leftJoin(running, 'busy.submitter', 'Work.submitter')
    .select(['Work.id', 'Work.kind'])
    .where('Work.state', 'in', leadOfWork('claim').from)
    .where('Work.kind', 'in', kinds)
    .where('Work.availableAt', '<=', thisMoment)
    .orderBy('Work.priority')
    .orderBy((of) => of('Work.evaluationId', 'is not distinct from', loaded), 'desc')
    .orderBy((of) => of('Work.checkpointId', 'in', near), 'desc')
    .orderBy(text`coalesce(busy.running, 0)`)
    .orderBy('Work.createdAt')
    .orderBy('Work.evaluationId')
    .orderBy('Work.position')
    .limit(1)
    .forNoKeyUpdate('Work');
  return (skipLocked ? next.skipLocked() : next).executeTakeFirst();
}
