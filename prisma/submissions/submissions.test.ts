import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { boardVersion } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { anySha256, newSubmission, submitStored } from '../../test/support/evaluation.ts';
import { goOn } from '../checkpoints/go-on.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { newId } from '../id.ts';
import { log, readLog } from '../log.ts';
import { createSubmission, fileStored, readFile, readSubmission, readSubmissionsOf } from '../submissions.ts';
import { inTransaction } from '../transaction.ts';

const database = testFileDatabase();

async function inspections(evaluationId: string): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM "Work" WHERE "checkpointId" = (SELECT "checkpointId" FROM "Evaluation" WHERE id = $1) AND kind = 'INSPECT' AND state = 'QUEUED'`;
  const { rows } = await database().pool.query(sql, [evaluationId]);
  return rows[0].n;
}

test('the same submission sent many times at once is one submission', async () => {
  const input = newSubmission();
  const made = await Promise.all(Array.from({ length: 6 }, () => createSubmission(database(), input)));
  expect(new Set(made.map(({ submissionId }) => submissionId)).size).toBe(1);
  expect(new Set(made.map(({ evaluationId }) => evaluationId)).size).toBe(1);
  const submission = await readSubmission(database(), made[0]?.submissionId ?? '');
  expect(submission?.files.map(({ path, size, sha256, stored }) => ({ path, size, sha256, stored }))).toEqual(
    input.files.map((file) => ({ ...file, stored: false })),
  );
  expect(submission).toMatchObject({
    state: 'UPLOADING',
    checkpoint: { name: input.name, sha256: input.sha256, bytes: 300, kind: null },
  });
});

test('another name, another content or a submission that is under way already makes a new one', async () => {
  const input = newSubmission();
  const first = await createSubmission(database(), input);
  const others = [
    await createSubmission(database(), { ...input, name: `${input.name}-2` }),
    await createSubmission(database(), { ...input, sha256: anySha256() }),
  ];
  await cancel(database(), 'anonymous', first.evaluationId);
  others.push(await createSubmission(database(), input));
  expect(new Set([first, ...others].map(({ submissionId }) => submissionId)).size).toBe(4);
});

test('the last file that is stored begins inspection once, also when the last two are stored at once', async () => {
  const { submissionId, evaluationId } = await createSubmission(database(), newSubmission());
  const files = (await readSubmission(database(), submissionId))?.files ?? [];
  const before = await boardVersion(database());
  const said = await Promise.all(
    files.flatMap(({ id }) => [fileStored(database(), 'anonymous', id), fileStored(database(), 'anonymous', id)]),
  );
  expect(said).toContain('inspecting');
  expect(await inspections(evaluationId)).toBe(1);
  expect(await boardVersion(database())).toBe(before + 1);
  const evaluation = await readEvaluation(database(), evaluationId);
  expect(evaluation).toMatchObject({
    state: 'INSPECTING',
    bytesStored: 300,
    bytesTotal: 300,
    place: expect.any(Number),
  });
  expect(evaluation?.uploadedAt).toBeInstanceOf(Date);
  expect(await fileStored(database(), 'anonymous', files[0]?.id ?? '')).toBe('inspecting');
});

test('two last files whose transactions overlap see each other', async () => {
  const { submissionId, evaluationId } = await createSubmission(database(), newSubmission());
  const [first, last] = (await readSubmission(database(), submissionId))?.files ?? [];
  let stored: Promise<string> | undefined;
  await inTransaction(database(), async (sql) => {
    await sql
      .updateTable('CheckpointFile')
      .set({ stored: true })
      .where('id', '=', first?.id ?? '')
      .execute();
    const { checkpoint } = (await readEvaluation(database(), evaluationId))!;
    await goOn(sql, 'anonymous', checkpoint.id);
    stored = fileStored(database(), 'anonymous', last?.id ?? '');
    // it must wait for this transaction; were it not to, it would have ended without having seen the first file
    await Promise.race([stored, untilOneWaits()]);
  });
  expect(await stored).toBe('inspecting');
  expect(await inspections(evaluationId)).toBe(1);
});

/** Until a statement of this database waits for a lock. */
async function untilOneWaits(): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await database().pool.query(waiting)).rowCount === 0) await setImmediate();
}

test('a file that waits for others says so, and its bytes count', async () => {
  const { submissionId, evaluationId } = await createSubmission(database(), newSubmission());
  const file = (await readSubmission(database(), submissionId))?.files[0];
  expect(await fileStored(database(), 'anonymous', file?.id ?? '')).toBe('waiting');
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({
    state: 'UPLOADING',
    bytesStored: 100,
    bytesTotal: 300,
  });
  expect(await readFile(database(), file?.id ?? '')).toEqual({
    ...file,
    stored: true,
    checkpointId: expect.any(String),
    awaitedBy: [evaluationId],
    state: 'UPLOADING',
  });
  await cancel(database(), 'anonymous', evaluationId);
  expect(await fileStored(database(), 'anonymous', file?.id ?? '')).toBe('gone');
});

test('files that the service holds need not be sent; when it holds all, inspection begins at once', async () => {
  const input = newSubmission();
  const some = await createSubmission(database(), { ...input, storedHashes: new Set([input.files[1]?.sha256 ?? '']) });
  expect((await readSubmission(database(), some.submissionId))?.files.map(({ stored }) => stored)).toEqual([
    false,
    true,
  ]);
  const all = await createSubmission(database(), {
    ...input,
    storedHashes: new Set(input.files.map(({ sha256 }) => sha256)),
  });
  expect(all).toEqual({ ...some, isRepeated: true });
  expect(await readEvaluation(database(), all.evaluationId)).toMatchObject({ state: 'INSPECTING' });
  expect(await inspections(all.evaluationId)).toBe(1);
});

test.each(['', 'x', `' OR true --`, '00000000-0000-0000-0000-00000000000g'])(
  'the text %j is the id of nothing',
  async (text) => {
    expect(await readSubmission(database(), text)).toBeNull();
    expect(await readEvaluation(database(), text)).toBeNull();
    expect(await readFile(database(), text)).toBeNull();
    expect(await fileStored(database(), 'anonymous', text)).toBe('gone');
    expect(await readLog(database(), text, 10)).toEqual([]);
  },
);

test('ids of nothing are null, and ids are read in either case', async () => {
  expect(await readEvaluation(database(), newId())).toBeNull();
  const { evaluationId } = await submitStored(database());
  expect(await readEvaluation(database(), evaluationId.toUpperCase())).toMatchObject({ id: evaluationId });
});

test('the log gives the newest lines, oldest first', async () => {
  const { evaluationId } = await submitStored(database());
  for (const message of ['one', 'two', 'three'])
    await log(database(), evaluationId, { stage: 'inspect', worker: 'w', message });
  const lines = await readLog(database(), evaluationId, 2);
  expect(lines.map(({ stage, worker, message }) => [stage, worker, message])).toEqual([
    ['inspect', 'w', 'two'],
    ['inspect', 'w', 'three'],
  ]);
});

test('the same files under the same name for another protocol are another submission', async () => {
  const input = newSubmission();
  const asked = [undefined, 'diffusion-itm-gray', 'diffusion-itm-gray', null].map((protocol) =>
    protocol === undefined ? input : { ...input, protocol },
  );
  const made = [];
  for (const one of asked) made.push((await createSubmission(database(), one)).submissionId);
  expect(made[1]).not.toBe(made[0]);
  expect(made.slice(2)).toEqual([made[1], made[0]]);
});

test('the submissions of a checkpoint are found by its sha256, newest first', async () => {
  const input = newSubmission('first');
  const first = await createSubmission(database(), input);
  const second = await createSubmission(database(), { ...input, name: 'second' });
  await createSubmission(database(), newSubmission());
  const ids = async (most: number) => (await readSubmissionsOf(database(), input.sha256, most)).map(({ id }) => id);
  expect(await ids(10)).toEqual([second.submissionId, first.submissionId]);
  expect(await ids(1)).toEqual([second.submissionId]);
});
