import { EVALUATION, type EvaluationEvent, WORK, type WorkEvent } from '@gdbench/benchmark/states';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { cancel } from '@gdbench/prisma/evaluations';
import { accept, type ClaimedInspection, refuse } from '@gdbench/prisma/inspection';
import { MAX_ATTEMPTS } from '@gdbench/prisma/lease';
import type { ClaimedShard } from '@gdbench/prisma/shards';
import { failUpload, fileStored } from '@gdbench/prisma/submissions';
import { claim, fail, release, sweep } from '@gdbench/prisma/work';
import fc from 'fast-check';
import { completeTruly, endPauses, expireLeases, newSubmission, summariseTruly } from './evaluation.ts';
import { reportFor } from './report.ts';

/*
 * A walk: whatever happens to an evaluation, in whatever order. Two workers go on with what they claimed also after it was taken
 * from them. Before each step the model says by which event it changes the evaluation's state, if by any; the table says to which
 * one.
 */

const PLAN = { clevr: 2, mmbias: 1 };
const PATHS = newSubmission().files.map(({ path }) => path);
type Holder = 'one' | 'two';

export interface Walk {
  readonly db: Database;
  readonly id: string;
  readonly inspection: Partial<Record<Holder, ClaimedInspection>>;
  readonly shard: Partial<Record<Holder, ClaimedShard>>;
}

type Seen = Awaited<ReturnType<typeof look>>;

interface Step {
  /** By which event this changes the state, and as whom; null: by none. */
  due(seen: Seen, walk: Walk): readonly [EvaluationEvent, Actor] | null;
  /** By which events it may change the evaluation's work. */
  work(seen: Seen, walk: Walk): readonly WorkEvent[];
  run(walk: Walk, seen: Seen): Promise<unknown>;
}

const as = (holder: Holder): Actor => `worker:${holder}`;

const store = (path: string): Step => ({
  due: ({ state, files }) =>
    state === 'UPLOADING' && files.every((file) => file.stored || file.path === path) ? ['store', 'anonymous'] : null,
  work: () => [],
  run: ({ db }, { files }) => fileStored(db, 'anonymous', files.find((file) => file.path === path)?.id ?? ''),
});

const abandon: Step = {
  due: ({ state }) => (EVALUATION[state].abandon ? ['abandon', 'service'] : null),
  work: () => [],
  run: ({ db, id }) => failUpload(db, 'service', id, { reason: 'Its files never came.', remedy: 'Send them.' }),
};

const cancelled: Step = {
  due: ({ state }) => (EVALUATION[state].cancel ? ['cancel', 'anonymous'] : null),
  work: () => ['cancel'],
  run: ({ db, id }) => cancel(db, 'anonymous', id),
};

const claimed = (holder: Holder): Step => ({
  due: ({ state }) => (EVALUATION[state].begin ? ['begin', as(holder)] : null),
  work: () => ['claim'],
  async run(walk) {
    const work = await claim(walk.db, { worker: holder, kinds: ['INSPECT', 'SCORE'], loaded: walk.id, onDisk: [] });
    if (work?.kind === 'INSPECT') walk.inspection[holder] = work;
    if (work?.kind === 'SCORE') walk.shard[holder] = work;
  },
});

const accepted = (holder: Holder): Step => ({
  due: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['accept', as(holder)] : null),
  work: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['complete'] : []),
  run: async ({ db, inspection: { [holder]: held } }) => held && accept(db, held, planOf()),
});

const refused = (holder: Holder): Step => ({
  due: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['refuse', as(holder)] : null),
  work: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['complete'] : []),
  run: async ({ db, inspection: { [holder]: held } }) =>
    held && refuse(db, held, { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' }),
});

const failed = (holder: Holder, permanent: boolean): Step => ({
  due(seen, walk) {
    const work = isHeld(seen, heldBy(walk, holder));
    return work && (permanent || work.attempts >= MAX_ATTEMPTS) ? ['fail', as(holder)] : null;
  },
  work: (seen, walk) => (isHeld(seen, heldBy(walk, holder)) ? ['retry', 'fail', 'cancel'] : []),
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await fail(walk.db, held, { error: 'No.', fault: 'SERVICE', remedy: 'Ask.', permanent });
    await endPauses(walk.db, walk.id);
  },
});

const completed = (holder: Holder): Step => ({
  due: () => null,
  work: (seen, { shard }) => (isHeld(seen, shard[holder]) ? ['complete'] : []),
  run: async ({ db, shard: { [holder]: held } }) => held && completeTruly(db, held),
});

const summarised = (name: string): Step => ({
  due({ state, tasks }) {
    const isLast = tasks.every(({ task, summarised, examples }) => (task === name) !== (summarised === examples));
    const own = tasks.find(({ task }) => task === name);
    const isScored = own !== undefined && own.examplesDone === own.examples;
    return EVALUATION[state].finish && isLast && isScored ? ['finish', 'service'] : null;
  },
  work: () => [],
  run: ({ db, id }) => summariseTruly(db, id, name),
});

const released = (holder: Holder): Step => ({
  due: () => null,
  work: (seen, walk) => (isHeld(seen, heldBy(walk, holder)) ? ['release'] : []),
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await release(walk.db, held);
  },
});

/** Both workers are silent for longer than a lease. */
const lost: Step = {
  due: ({ work }) =>
    work.some(({ state, attempts }) => WORK[state].lose && attempts >= MAX_ATTEMPTS) ? ['fail', 'service'] : null,
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
  (seen, { inspection, shard }) => {
    const missing = seen.files.find(({ stored }) => !stored);
    if (missing) return store(missing.path);
    if (isHeld(seen, inspection[holder])) return accepted(holder);
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
      .record({ step: fc.constantFrom(claimed, accepted, completed, completed, released), holder: anyHolder })
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

const heldBy = ({ shard, inspection }: Walk, holder: Holder) => shard[holder] ?? inspection[holder];

/** Its row, where the lease was not lost. */
const isHeld = ({ work }: Seen, held: { readonly id: string; readonly token: string } | undefined) =>
  held && work.find(({ id, leaseToken }) => id === held.id && leaseToken === held.token);

function planOf() {
  const tasks = Object.entries(PLAN).map(([task, examples]) => ({
    ...{ task, dataVersion: 'test', examples, cost: 50 * examples },
    edition: { state: 'whole' as const, name: 'test', examples, of: examples },
  }));
  return { report: reportFor('cosine'), protocol: 'cosine', warnings: [], tasks };
}

/** All of an evaluation that its next step depends on. */
export async function look({ sql }: Database, id: string) {
  const { submissionId, ...evaluation } = await sql
    .selectFrom('Evaluation')
    .select(['submissionId', 'state', 'stateBy', 'finishedAt'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const files = await sql
    .selectFrom('SubmissionFile')
    .select(['id', 'path', 'stored'])
    .where('submissionId', '=', submissionId)
    .execute();
  const work = await sql
    .selectFrom('Work')
    .select(['id', 'state', 'leaseToken', 'attempts'])
    .where('evaluationId', '=', id)
    .execute();
  const tasks = await sql
    .selectFrom('EvaluationTask')
    .select(['task', 'examples', 'examplesDone', 'summarised'])
    .where('evaluationId', '=', id)
    .execute();
  return { ...evaluation, files, work, tasks };
}
