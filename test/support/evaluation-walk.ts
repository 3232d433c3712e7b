import {
  CHECKPOINT,
  type CheckpointEvent,
  EVALUATION,
  type EvaluationEvent,
  WORK,
  type WorkEvent,
} from '@gdbench/benchmark/states';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { cancel } from '@gdbench/prisma/evaluations';
import { accept, type ClaimedInspection, refuse } from '@gdbench/prisma/inspection';
import { MAX_ATTEMPTS } from '@gdbench/prisma/lease';
import { type ClaimedPlan, plan } from '@gdbench/prisma/planning';
import type { ClaimedShard } from '@gdbench/prisma/shards';
import { failUpload, fileStored } from '@gdbench/prisma/submissions';
import { claim, fail, release, sweep } from '@gdbench/prisma/work';
import fc from 'fast-check';
import { completeTruly, endPauses, expireLeases, newSubmission, planOf, summariseTruly } from './evaluation.ts';
import { reportFor } from './report.ts';

/*
 * A walk: whatever happens to an evaluation and its checkpoint, in whatever order. Two workers go on with what they claimed also
 * after it was taken from them. Before each step the model says by which events it changes their states, if by any; the tables say
 * to which ones.
 */

const PLAN = { clevr: 2, mmbias: 1 };
const PATHS = newSubmission().files.map(({ path }) => path);
type Holder = 'one' | 'two';

export interface Walk {
  readonly db: Database;
  readonly id: string;
  readonly inspection: Partial<Record<Holder, ClaimedInspection>>;
  readonly plan: Partial<Record<Holder, ClaimedPlan>>;
  readonly shard: Partial<Record<Holder, ClaimedShard>>;
}

type Seen = Awaited<ReturnType<typeof look>>;
type WorkKind = Seen['work'][number]['kind'];

/** By which events something changes; absent: by none. */
interface Due {
  /** And as whom. */
  readonly evaluation?: readonly [EvaluationEvent, Actor];
  readonly checkpoint?: CheckpointEvent;
}

interface Step {
  due(seen: Seen, walk: Walk): Due;
  /** By which events it may change the evaluation's work, and its inspection. */
  work(seen: Seen, walk: Walk): readonly WorkEvent[];
  run(walk: Walk, seen: Seen): Promise<unknown>;
}

const as = (holder: Holder): Actor => `worker:${holder}`;

const store = (path: string): Step => ({
  due: ({ state, checkpoint, files }) =>
    state === 'WAITING' && CHECKPOINT[checkpoint].store && files.every((file) => file.stored || file.path === path)
      ? { checkpoint: 'store' }
      : {},
  work: () => [],
  run: ({ db }, { files }) => fileStored(db, 'anonymous', files.find((file) => file.path === path)?.id ?? ''),
});

const abandon: Step = {
  due: ({ state, checkpoint }) =>
    EVALUATION[state].abandon && CHECKPOINT[checkpoint].store ? { evaluation: ['abandon', 'service'] } : {},
  work: () => [],
  run: ({ db, id }) => failUpload(db, 'service', id, { reason: 'Its files never came.', remedy: 'Send them.' }),
};

const cancelled: Step = {
  due: ({ state, checkpoint }) =>
    EVALUATION[state].cancel
      ? { evaluation: ['cancel', 'anonymous'], ...(CHECKPOINT[checkpoint].abandon ? { checkpoint: 'abandon' } : {}) }
      : {},
  work: () => ['cancel'],
  run: ({ db, id }) => cancel(db, 'anonymous', id),
};

const claimed = (holder: Holder): Step => ({
  due: ({ state, work }) =>
    EVALUATION[state].begin && work.some(({ kind }) => kind === 'SCORE') ? { evaluation: ['begin', as(holder)] } : {},
  work: () => ['claim'],
  async run(walk) {
    const kinds = ['INSPECT', 'PLAN', 'SCORE'] as const;
    const work = await claim(walk.db, { worker: holder, kinds, loaded: walk.id, onDisk: [] });
    if (work?.kind === 'INSPECT') walk.inspection[holder] = work;
    if (work?.kind === 'PLAN') walk.plan[holder] = work;
    if (work?.kind === 'SCORE') walk.shard[holder] = work;
  },
});

const accepted = (holder: Holder): Step => ({
  due: (seen, { inspection }) =>
    isHeld(seen, inspection[holder]) ? { checkpoint: 'accept', evaluation: ['ready', as(holder)] } : {},
  work: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['complete'] : []),
  run: async ({ db, inspection: { [holder]: held } }) => held && accept(db, held, reportFor('cosine')),
});

const planned = (holder: Holder): Step => ({
  due: () => ({}),
  work: (seen, { plan: held }) => (isHeld(seen, held[holder]) ? ['complete'] : []),
  run: async ({ db, plan: { [holder]: held } }) => held && plan(db, held, planOf(held, PLAN, { rows: 50 })),
});

const refused = (holder: Holder): Step => ({
  due: (seen, { inspection }) =>
    isHeld(seen, inspection[holder]) ? { checkpoint: 'refuse', evaluation: ['refuse', as(holder)] } : {},
  work: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['complete'] : []),
  run: async ({ db, inspection: { [holder]: held } }) =>
    held && refuse(db, held, { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' }),
});

/** It comes to nothing for the last time. */
const ofLast = (kind: WorkKind, actor: Actor): Due => ({
  evaluation: ['fail', actor],
  ...(kind === 'INSPECT' ? { checkpoint: 'abandon' } : {}),
});

const failed = (holder: Holder, permanent: boolean): Step => ({
  due(seen, walk) {
    const work = isHeld(seen, heldBy(walk, holder));
    return work && (permanent || work.attempts >= MAX_ATTEMPTS) ? ofLast(work.kind, as(holder)) : {};
  },
  work: (seen, walk) => (isHeld(seen, heldBy(walk, holder)) ? ['retry', 'fail', 'cancel'] : []),
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await fail(walk.db, held, { error: 'No.', fault: 'SERVICE', remedy: 'Ask.', permanent });
    await endPauses(walk.db, walk.id);
  },
});

const completed = (holder: Holder): Step => ({
  due: () => ({}),
  work: (seen, { shard }) => (isHeld(seen, shard[holder]) ? ['complete'] : []),
  run: async ({ db, shard: { [holder]: held } }) => held && completeTruly(db, held),
});

const summarised = (name: string): Step => ({
  due({ state, tasks }) {
    const isLast = tasks.every(({ task, summarised, examples }) => (task === name) !== (summarised === examples));
    const own = tasks.find(({ task }) => task === name);
    const isScored = own !== undefined && own.examplesDone === own.examples;
    return EVALUATION[state].finish && isLast && isScored ? { evaluation: ['finish', 'service'] } : {};
  },
  work: () => [],
  run: ({ db, id }) => summariseTruly(db, id, name),
});

const released = (holder: Holder): Step => ({
  due: () => ({}),
  work: (seen, walk) => (isHeld(seen, heldBy(walk, holder)) ? ['release'] : []),
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await release(walk.db, held);
  },
});

/** Both workers are silent for longer than a lease. */
const lost: Step = {
  due({ work }) {
    const last = work.find(({ state, attempts }) => WORK[state].lose && attempts >= MAX_ATTEMPTS);
    return last ? ofLast(last.kind, 'service') : {};
  },
  work: () => ['lose', 'fail', 'cancel'],
  async run({ db, id }) {
    await expireLeases(db, id);
    await sweep(db);
  },
};

export type Choice = (seen: Seen, walk: Walk) => Step;

/** What leads on as it stands. */
const onward =
  (holder: Holder): Choice =>
  (seen, { inspection, plan: plans, shard }) => {
    const missing = seen.files.find(({ stored }) => !stored);
    if (missing) return store(missing.path);
    if (isHeld(seen, inspection[holder])) return accepted(holder);
    if (isHeld(seen, plans[holder])) return planned(holder);
    if (isHeld(seen, shard[holder])) return completed(holder);
    const scored = seen.tasks.find((task) => task.examplesDone === task.examples && task.summarised < task.examples);
    return scored ? summarised(scored.task) : claimed(holder);
  };

const anyHolder = fc.constantFrom<Holder>('one', 'two');
const always = (step: Step): Choice => {
  return () => step;
};
const Anything = fc.oneof(
  // most of all by a worker, who may have lost what it holds
  {
    arbitrary: fc
      .record({ step: fc.constantFrom(claimed, accepted, planned, completed, completed, released), holder: anyHolder })
      .map(({ step, holder }) => always(step(holder))),
    weight: 6,
  },
  { arbitrary: fc.constant(always(lost)), weight: 3 },
  { arbitrary: fc.constantFrom(...PATHS).map((path) => always(store(path))), weight: 1 },
  { arbitrary: fc.constantFrom(...Object.keys(PLAN)).map((task) => always(summarised(task))), weight: 1 },
  { arbitrary: anyHolder.map((holder) => always(failed(holder, false))), weight: 1 },
);
const End = fc.oneof(
  fc.constantFrom(abandon, cancelled).map(always),
  anyHolder.map((holder) => always(refused(holder))),
  anyHolder.map((holder) => always(failed(holder, true))),
);
export const Way = fc.array(
  fc.oneof(
    { arbitrary: anyHolder.map(onward), weight: 8 },
    { arbitrary: Anything, weight: 8 },
    { arbitrary: End, weight: 1 },
  ),
  { minLength: 5, maxLength: 50, size: 'max' },
);

const heldBy = ({ shard, plan: plans, inspection }: Walk, holder: Holder) =>
  shard[holder] ?? plans[holder] ?? inspection[holder];

/** Its row, where the lease was not lost. */
const isHeld = ({ work }: Seen, held: { readonly id: string; readonly token: string } | undefined) =>
  held && work.find(({ id, leaseToken }) => id === held.id && leaseToken === held.token);

/** All of an evaluation and its checkpoint that its next step depends on. */
export async function look({ sql }: Database, id: string) {
  const { checkpointId, ...evaluation } = await sql
    .selectFrom('Evaluation')
    .innerJoin('Checkpoint', 'Checkpoint.id', 'Evaluation.checkpointId')
    .select(['Evaluation.checkpointId', 'Evaluation.state', 'Evaluation.stateBy', 'Evaluation.finishedAt'])
    .select('Checkpoint.state as checkpoint')
    .where('Evaluation.id', '=', id)
    .executeTakeFirstOrThrow();
  const files = await sql
    .selectFrom('CheckpointFile')
    .select(['id', 'path', 'stored'])
    .where('checkpointId', '=', checkpointId)
    .execute();
  const work = await sql
    .selectFrom('Work')
    .select(['id', 'kind', 'state', 'leaseToken', 'attempts'])
    .where('checkpointId', '=', checkpointId)
    .execute();
  const tasks = await sql
    .selectFrom('EvaluationTask')
    .select(['task', 'examples', 'examplesDone', 'summarised'])
    .where('evaluationId', '=', id)
    .execute();
  return { ...evaluation, checkpointId, files, work, tasks };
}
