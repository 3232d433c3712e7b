import { leadOfWork } from '@gdbench/benchmark/states';
import { sweepSummaries } from '../chores/sweep.ts';
import type { Database } from '../database.ts';
import { notifyWork } from '../events/notify.ts';
import type { WorkKind } from '../generated/tables.ts';
import { LEASE_SECONDS, MAX_ATTEMPTS } from '../lease.ts';
import { now } from '../now.ts';
import { examplesIn } from '../shards/examples.ts';
import { inTransaction, type Sql } from '../transaction.ts';
import { failAll } from './fail.ts';
import { endLease } from './held.ts';
import { lockWork } from './lock.ts';
import { isOf, type Whose, workOf } from './of.ts';
import { PRIORITY } from './priority.ts';
import { STAGE } from './stage.ts';
import { logWork, notifyOf } from './tell.ts';

export interface Swept {
  /** Pieces of work that were put back into the queue, and chores that were added again. */
  readonly requeued: number;
  /** Evaluations that failed, because their work was lost too often. */
  readonly failed: number;
}

// with nothing lost among 16,000 pieces 5 ms (npm run bench:work)
/** Puts back what dead workers held. Any number of processes may do so at once. */
export async function sweep(db: Database): Promise<Swept> {
  const lost = await db.sql
    .selectFrom('Work')
    .select(['evaluationId', 'checkpointId'])
    .distinct()
    .where('state', 'in', leadOfWork('lose').from)
    .where('leaseExpiresAt', '<', now)
    .execute();
  const swept: Swept[] = [];
  // an evaluation at a time: short transactions, and one that fails leaves the others alone
  for (const whose of lost) swept.push(await inTransaction(db, (sql) => sweepWork(sql, whose)));
  swept.push(await sweepSummaries(db));
  return {
    requeued: swept.reduce((sum, { requeued }) => sum + requeued, 0),
    failed: swept.reduce((sum, { failed }) => sum + failed, 0),
  };
}

interface Lost {
  readonly id: string;
  readonly token: string;
  readonly kind: WorkKind;
  readonly attempts: number;
  readonly workerId: string | null;
  /** "clevr 1 to 24"; of another kind "". */
  readonly examples: string;
}

async function sweepWork(sql: Sql, whose: Whose): Promise<Swept> {
  await lockWork(sql, workOf(whose));
  const lost = await readLost(sql, whose);
  const exhausted = lost.find(({ attempts }) => attempts >= MAX_ATTEMPTS);
  if (exhausted) return { requeued: 0, failed: await failFor(sql, whose, exhausted) };
  for (const work of lost) {
    await endLease(sql, work, 'lose', { done: 0, availableAt: now, priority: PRIORITY[work.kind].again });
    await logWork(sql, whose, { stage: STAGE[work.kind], message: goesOn(work) });
  }
  if (lost.length === 0) return { requeued: 0, failed: 0 };
  if (whose.evaluationId !== null)
    await countRetries(sql, whose.evaluationId, lost.filter(({ kind }) => kind === 'SCORE').length);
  await notifyOf(sql, whose);
  await notifyWork(sql);
  return { requeued: lost.length, failed: 0 };
}

async function readLost(sql: Sql, whose: Whose): Promise<Lost[]> {
  const rows = await sql
    .selectFrom('Work')
    .leftJoin('Shard', 'Shard.workId', 'Work.id')
    .select(['Work.id', 'Work.leaseToken', 'Work.kind', 'Work.attempts', 'Work.workerId'])
    .select(['Shard.task', 'Shard.from', 'Shard.to'])
    .where(isOf(workOf(whose)))
    .where('Work.state', 'in', leadOfWork('lose').from)
    .where('Work.leaseExpiresAt', '<', now)
    .orderBy('Work.position')
    .execute();
  return rows.map(({ id, leaseToken, kind, attempts, workerId, task, from, to }) => ({
    ...{ id, token: leaseToken ?? '', kind, attempts, workerId },
    examples: task === null || from === null || to === null ? '' : examplesIn({ task, from, to }),
  }));
}

const GOES_ON: Readonly<Record<WorkKind, (examples: string) => string>> = {
  INSPECT: () => 'another inspects the files',
  PLAN: () => 'another plans the evaluation',
  SCORE: (examples) => `${examples} goes to another`,
};

function goesOn({ workerId, kind, examples }: Lost): string {
  const silent = `Worker ${workerId} gave no sign of life for ${LEASE_SECONDS} s`;
  return `${silent}; ${GOES_ON[kind](examples)}.`;
}

async function countRetries(sql: Sql, evaluationId: string, retried: number): Promise<void> {
  await sql
    .updateTable('Evaluation')
    .set((of) => ({ retriedShards: of('retriedShards', '+', retried) }))
    .where('id', '=', evaluationId)
    .execute();
}

const REMEDY: Readonly<Record<WorkKind, string>> = {
  INSPECT: 'Check that the files are whole and not larger than this service can load, then submit again.',
  PLAN: 'The service could not plan this evaluation: ask its operators, who find the cause in the workers’ logs.',
  SCORE: 'The service could not score this checkpoint: ask its operators, who find the cause in the workers’ logs.',
};

const LOST: Readonly<Record<WorkKind, (examples: string) => string>> = {
  INSPECT: () => 'Its inspection was lost with the worker',
  PLAN: () => 'Its plan was lost with the worker',
  SCORE: (examples) => `${examples} was lost with its worker`,
};

async function failFor(sql: Sql, whose: Whose, work: Lost): Promise<number> {
  const { kind, examples, attempts } = work;
  const reason = `${LOST[kind](examples)} ${attempts} times.`;
  await endLease(sql, work, 'fail', { error: reason, fault: 'SERVICE', finishedAt: now });
  await logWork(sql, whose, { stage: STAGE[kind], message: reason });
  return failAll(sql, 'service', whose, { fault: 'SERVICE', reason, remedy: REMEDY[kind] });
}
