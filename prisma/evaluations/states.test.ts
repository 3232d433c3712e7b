import {
  EVALUATION,
  EVALUATION_EVENTS,
  EVALUATION_STATES,
  type EvaluationEvent,
  hasEnded,
  WORK,
  WORK_STATES,
  type WorkEvent,
} from '@gdbench/benchmark/states';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import {
  completeTruly,
  endPauses,
  expireLeases,
  newSubmission,
  summariseTruly,
} from '../../test/support/evaluation.ts';
import { reportFor } from '../../test/support/report.ts';
import type { Actor } from '../actor.ts';
import { cancel } from '../evaluations.ts';
import { EvaluationState, WorkState } from '../generated/tables.ts';
import { accept, type ClaimedInspection, refuse } from '../inspection.ts';
import { MAX_ATTEMPTS } from '../lease.ts';
import type { ClaimedShard } from '../shards.ts';
import { createSubmission, failUpload, fileStored } from '../submissions.ts';
import { inTransaction } from '../transaction.ts';
import { claim, fail, release, sweep } from '../work.ts';
import { transition } from './transition.ts';

const database = testFileDatabase();

test('the database and the tables name the same states', () => {
  expect(Object.keys(EvaluationState).sort()).toEqual([...EVALUATION_STATES].sort());
  expect(Object.keys(WorkState).sort()).toEqual([...WORK_STATES].sort());
});

test('each event does in each state what its cell says', async () => {
  const { evaluationId: id } = await createSubmission(database(), newSubmission());
  for (const state of EVALUATION_STATES)
    for (const event of Object.keys(EVALUATION_EVENTS) as EvaluationEvent[]) {
      await database().sql.updateTable('Evaluation').set({ state, stateBy: null }).where('id', '=', id).execute();
      const happened = await inTransaction(database(), (sql) => transition(sql, 'service', id, event));
      const next = EVALUATION[state][event];
      expect(happened).toBe(next !== null);
      expect(await look(id)).toMatchObject({ state: next ?? state, stateBy: next === null ? null : 'service' });
    }
});

/*
 * A walk: whatever happens to an evaluation, in whatever order. Two workers go on with what they claimed also after it was taken
 * from them. Before each step the model says by which event it changes the evaluation's state, if by any; the table says to which
 * one.
 */

const PLAN = { clevr: 2, mmbias: 1 };
const PATHS = newSubmission().files.map(({ path }) => path);
type Holder = 'one' | 'two';

interface Walk {
  readonly id: string;
  readonly inspection: Partial<Record<Holder, ClaimedInspection>>;
  readonly shard: Partial<Record<Holder, ClaimedShard>>;
}

type Seen = Awaited<ReturnType<typeof look>>;

interface Step {
  /** By which event this changes the state, and as whom; null: by none. */
  due(seen: Seen, walk: Walk): readonly [EvaluationEvent, Actor] | null;
  /** What may become of the evaluation's work. */
  readonly work: readonly WorkEvent[];
  run(walk: Walk, seen: Seen): Promise<unknown>;
}

const as = (holder: Holder): Actor => `worker:${holder}`;

const store = (path: string): Step => ({
  due: ({ state, files }) =>
    state === 'UPLOADING' && files.every((file) => file.stored || file.path === path) ? ['store', 'anonymous'] : null,
  work: [],
  run: (_walk, { files }) => fileStored(database(), 'anonymous', files.find((file) => file.path === path)?.id ?? ''),
});

const abandon: Step = {
  due: ({ state }) => (EVALUATION[state].abandon ? ['abandon', 'service'] : null),
  work: [],
  run: ({ id }) => failUpload(database(), 'service', id, { reason: 'Its files never came.', remedy: 'Send them.' }),
};

const cancelled: Step = {
  due: ({ state }) => (EVALUATION[state].cancel ? ['cancel', 'anonymous'] : null),
  work: ['cancel'],
  run: ({ id }) => cancel(database(), 'anonymous', id),
};

const claimed = (holder: Holder): Step => ({
  due: ({ state }) => (EVALUATION[state].begin ? ['begin', as(holder)] : null),
  work: ['claim'],
  async run(walk) {
    const work = await claim(database(), { worker: holder, kinds: ['INSPECT', 'SCORE'], loaded: walk.id, onDisk: [] });
    if (work?.kind === 'INSPECT') walk.inspection[holder] = work;
    if (work?.kind === 'SCORE') walk.shard[holder] = work;
  },
});

const accepted = (holder: Holder): Step => ({
  due: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['accept', as(holder)] : null),
  work: ['complete'],
  run: async ({ inspection: { [holder]: held } }) => held && accept(database(), held, planOf()),
});

const refused = (holder: Holder): Step => ({
  due: (seen, { inspection }) => (isHeld(seen, inspection[holder]) ? ['refuse', as(holder)] : null),
  work: ['complete'],
  run: async ({ inspection: { [holder]: held } }) =>
    held && refuse(database(), held, { fault: 'SUBMITTER', reason: 'It is none.', remedy: 'Export it again.' }),
});

const failed = (holder: Holder, permanent: boolean): Step => ({
  due(seen, walk) {
    const work = isHeld(seen, heldBy(walk, holder));
    return work && (permanent || work.attempts >= MAX_ATTEMPTS) ? ['fail', as(holder)] : null;
  },
  work: ['retry', 'fail', 'cancel'],
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await fail(database(), held, { error: 'No.', fault: 'SERVICE', remedy: 'Ask.', permanent });
    await endPauses(database(), walk.id);
  },
});

const completed = (holder: Holder): Step => ({
  due: () => null,
  work: ['complete'],
  run: async ({ shard: { [holder]: held } }) => held && completeTruly(database(), held),
});

const summarised = (name: string): Step => ({
  due({ state, tasks }) {
    const isLast = tasks.every(({ task, summarised, examples }) => (task === name) !== (summarised === examples));
    const own = tasks.find(({ task }) => task === name);
    const isScored = own !== undefined && own.examplesDone === own.examples;
    return EVALUATION[state].finish && isLast && isScored ? ['finish', 'service'] : null;
  },
  work: [],
  run: ({ id }) => summariseTruly(database(), id, name),
});

const released = (holder: Holder): Step => ({
  due: () => null,
  work: ['release'],
  async run(walk) {
    const held = heldBy(walk, holder);
    if (held) await release(database(), held);
  },
});

/** Both workers are silent for longer than a lease. */
const lost: Step = {
  due: ({ work }) =>
    work.some(({ state, attempts }) => WORK[state].lose && attempts >= MAX_ATTEMPTS) ? ['fail', 'service'] : null,
  work: ['lose', 'fail', 'cancel'],
  async run({ id }) {
    await expireLeases(database(), id);
    await sweep(database());
  },
};

type Choice = (seen: Seen, walk: Walk) => Step;

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
  fc.constantFrom(...PATHS).map((path) => always(store(path))),
  fc.constantFrom(...Object.keys(PLAN)).map((task) => always(summarised(task))),
  fc
    .record({ step: fc.constantFrom(claimed, accepted, refused, completed, released), holder: anyHolder })
    .map(({ step, holder }) => always(step(holder))),
  fc
    .record({ holder: anyHolder, permanent: fc.boolean() })
    .map(({ holder, permanent }) => always(failed(holder, permanent))),
  fc.constantFrom(abandon, cancelled, lost, lost).map(always),
);
const Way = fc.array(fc.oneof({ arbitrary: anyHolder.map(onward), weight: 3 }, { arbitrary: Anything, weight: 2 }), {
  minLength: 5,
  maxLength: 40,
  size: 'max',
});

test('whatever happens to an evaluation in whatever order, its state and that of its work change as the tables say', async () => {
  await fc.assert(
    fc.asyncProperty(Way, async (way) => {
      await database().sql.deleteFrom('Checkpoint').execute();
      const { evaluationId } = await createSubmission(database(), newSubmission());
      const walk = { id: evaluationId, inspection: {}, shard: {} };
      for (const choose of way) await take(walk, choose);
    }),
    { numRuns: 30 },
  );
}, 180_000);

async function take(walk: Walk, choose: Choice): Promise<void> {
  const before = await look(walk.id);
  const step = choose(before, walk);
  const due = step.due(before, walk);
  await step.run(walk, before);
  const after = await look(walk.id);
  const next = due ? EVALUATION[before.state][due[0]] : before.state;
  expect([after.state, after.stateBy]).toEqual(due ? [next, due[1]] : [before.state, before.stateBy]);
  expect(after.finishedAt !== null).toBe(hasEnded(after.state));
  for (const { id, state, leaseToken } of after.work) {
    const was = before.work.find((work) => work.id === id)?.state ?? null;
    // a piece that is cut off as it is claimed is there from then on
    const allowed = was === null ? ['QUEUED', 'RUNNING'] : [was, ...step.work.map((event) => WORK[was][event])];
    expect(allowed).toContain(state);
    expect(leaseToken !== null).toBe(state === 'RUNNING');
    if (hasEnded(after.state)) expect(WORK[state].cancel).toBeNull();
  }
}

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
async function look(id: string) {
  const { sql } = database();
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
