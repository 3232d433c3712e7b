import {
  CHECKPOINT,
  CHECKPOINT_EVENTS,
  CHECKPOINT_STATES,
  type CheckpointEvent,
  EVALUATION,
  EVALUATION_EVENTS,
  EVALUATION_STATES,
  type EvaluationEvent,
  hasEnded,
  WORK,
  WORK_STATES,
} from '@gdbench/benchmark/states';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { newSubmission } from '../../test/support/evaluation.ts';
import { type Choice, look, type Walk, Way } from '../../test/support/evaluation-walk.ts';
import { transitionCheckpoint } from '../checkpoints/transition.ts';
import { CheckpointState, EvaluationState, WorkState } from '../generated/tables.ts';
import { createSubmission } from '../submissions.ts';
import { inTransaction } from '../transaction.ts';
import { transition } from './transition.ts';

const database = testFileDatabase();

test('the database and the tables name the same states', () => {
  expect(Object.keys(CheckpointState).sort()).toEqual([...CHECKPOINT_STATES].sort());
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
      expect(await look(database(), id)).toMatchObject({
        state: next ?? state,
        stateBy: next === null ? null : 'service',
      });
    }
});

test('each event does to a checkpoint in each state what its cell says', async () => {
  const { evaluationId } = await createSubmission(database(), newSubmission());
  const { checkpointId: id } = await look(database(), evaluationId);
  for (const state of CHECKPOINT_STATES)
    for (const event of Object.keys(CHECKPOINT_EVENTS) as CheckpointEvent[]) {
      await database().sql.updateTable('Checkpoint').set({ state }).where('id', '=', id).execute();
      const happened = await inTransaction(database(), (sql) => transitionCheckpoint(sql, 'service', id, event));
      const next = CHECKPOINT[state][event];
      expect(happened).toBe(next !== null);
      expect((await look(database(), evaluationId)).checkpoint).toBe(next ?? state);
    }
});

test('whatever happens to an evaluation in whatever order, its state, its checkpoint’s and that of its work change as the tables say', async () => {
  await fc.assert(
    fc.asyncProperty(Way, async (way) => {
      await database().sql.deleteFrom('Checkpoint').execute();
      const { evaluationId } = await createSubmission(database(), newSubmission());
      const walk = { db: database(), id: evaluationId, inspection: {}, plan: {}, shard: {} };
      expect((await look(database(), evaluationId)).state).toBe(EVALUATION_STATES[0]);
      for (const choose of way) await take(walk, choose);
    }),
    { numRuns: 30 },
  );
}, 180_000);

async function take(walk: Walk, choose: Choice): Promise<void> {
  const before = await look(database(), walk.id);
  const step = choose(before, walk);
  const [due, events] = [step.due(before, walk), step.work(before, walk)];
  await step.run(walk, before);
  const after = await look(database(), walk.id);
  const { evaluation, checkpoint } = due;
  expect([after.state, after.stateBy]).toEqual(
    evaluation ? [EVALUATION[before.state][evaluation[0]], evaluation[1]] : [before.state, before.stateBy],
  );
  expect(after.checkpoint).toBe(checkpoint ? CHECKPOINT[before.checkpoint][checkpoint] : before.checkpoint);
  expect(after.finishedAt !== null).toBe(hasEnded(after.state));
  for (const { id, state, leaseToken } of after.work) {
    const was = before.work.find((work) => work.id === id)?.state ?? null;
    // a piece that is cut off as it is claimed is there from then on
    const allowed = was === null ? ['QUEUED', 'RUNNING'] : [was, ...events.map((event) => WORK[was][event])];
    expect(allowed).toContain(state);
    expect(leaseToken !== null).toBe(state === 'RUNNING');
    if (hasEnded(after.state)) expect(WORK[state].cancel).toBeNull();
  }
}
