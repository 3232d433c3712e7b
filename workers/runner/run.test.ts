import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createArrival } from '@gdbench/benchmark/arrival';
import { loadTask } from '@gdbench/benchmark/load';
import { summarise } from '@gdbench/benchmark/summarise';
import { cancel, readEvaluation } from '@gdbench/prisma/evaluations';
import { readLog } from '@gdbench/prisma/log';
import { readArtifacts } from '@gdbench/prisma/scores';
import { sweep } from '@gdbench/prisma/work';
import { openStorage } from '@gdbench/storage/storage';
import { expect, test, vi } from 'vitest';
import { readPresent } from '../../test/support/board.ts';
import { each } from '../../test/support/each.ts';
import { PINNED, SAMPLES, workerRuns } from '../../test/support/worker-runs.ts';
import { keepWarm, type WarmProcess } from '../child/warm.ts';
import { openEvaluator } from '../engine/evaluate.ts';
import { inspectCheckpoint } from '../engine/inspect.ts';
import { openErrors } from '../engine/protocols/artifact.ts';
import { reduceErrors } from '../engine/protocols/reduce.ts';
import { startWorker } from './run.ts';

const DUAL_ENCODER = join(process.cwd(), 'test/reference/odd-clip');
const DIFFUSION = join(process.cwd(), 'test/reference/odd-ldm');
const MATCHING_HEAD = join(process.cwd(), 'test/reference/odd-blip');

const { data, db: database, home, settingsOf, work: begin, submit, ended } = workerRuns(startWorker);

const work = (name: string, warm?: WarmProcess) => begin(settingsOf(name), warm ? { warm } : {});

/** What the engine itself gives for a checkpoint, without a worker, a shard or a child. */
async function expected(dir: string) {
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  const evaluator = await openEvaluator({ dir, report: inspection.report, samples: SAMPLES, seed: 0, ...PINNED });
  const tasks = [];
  for (const task of ['clevr', 'winoground'] as const) {
    const loaded = await loadTask(data, task);
    const scores = await evaluator.scoreExamples(loaded, 0, loaded.examples.length);
    tasks.push({ task, scores, metrics: summarise(loaded, scores).metrics });
  }
  await evaluator.close();
  return tasks;
}

/** The stored scores and results are those of the engine, to the bit, each example once. */
async function expectWhole(evaluationId: string, dir: string): Promise<void> {
  const stored = await database().prisma.exampleScore.findMany({
    where: { evaluationId },
    orderBy: [{ task: 'asc' }, { index: 'asc' }],
    select: { task: true, index: true, example: true, scores: true },
  });
  const results = await database().prisma.result.findMany({
    where: { evaluationId },
    omit: { protocol: true, measurementId: true },
  });
  const tasks = await expected(dir);
  expect(stored).toEqual(
    tasks.flatMap(({ task, scores }) =>
      scores.map(({ index, example, scores: rows }) => ({ task, index, example, scores: rows.flat() })),
    ),
  );
  expect(results).toHaveLength(tasks.reduce((sum, { metrics }) => sum + metrics.length, 0));
  for (const { task, metrics } of each(tasks))
    for (const { metric, value, low, high, chance, n, sizes = [] } of each(metrics))
      expect(results).toContainEqual({
        evaluationId,
        task,
        metric,
        value,
        low,
        high,
        chance,
        n,
        sizes: [...sizes],
        complete: true,
      });
}

for (const [kind, dir, known] of [
  ['dual encoder', DUAL_ENCODER, { kind: 'DUAL_ENCODER', protocol: 'cosine' }],
  ['diffusion checkpoint', DIFFUSION, { kind: 'DIFFUSION', protocol: 'diffusion-itm' }],
  ['matching head', MATCHING_HEAD, { kind: 'MATCHING_HEAD', protocol: 'matching' }],
] as const)
  test(`a ${kind} is inspected, planned and scored as the engine alone scores it`, async () => {
    const evaluationId = await submit(dir, kind);
    await work('a');
    const evaluation = await ended(evaluationId);
    expect(evaluation).toMatchObject({ state: 'DONE', fault: null, reason: null, protocol: known.protocol });
    expect(evaluation.checkpoint.kind).toBe(known.kind);
    expect(evaluation.warnings).toEqual([
      expect.stringMatching(/^Not scored, for the data root of this board does not hold them: .*mmbias/),
    ]);
    await expectWhole(evaluationId, dir);
    const lines = (await readLog(database(), evaluationId, 100)).map(({ message }) => message);
    expect(lines).toContainEqual(expect.stringMatching(/^Planned 2 tasks, .*: clevr, winoground\.$/));
    expect(lines).toContainEqual(expect.stringMatching(/^clevr is complete: average \d+\.\d% over 21 examples\.$/));
  });

test('the errors of every sample are kept, and the scores can be reduced from them again', async () => {
  const evaluationId = await submit(DIFFUSION, 'kept');
  await work('a');
  await ended(evaluationId);
  const storage = await openStorage(settingsOf('any').storage);
  const reduced: number[][] = [];
  for (const { task, from, to, sha256, bytes } of each(await readArtifacts(database(), evaluationId))) {
    const content = await buffer(await storage.read(sha256));
    expect(content).toHaveLength(bytes);
    const { header, examples } = await openErrors(content);
    expect(header).toMatchObject({ task, samples: SAMPLES, seed: 0 });
    const before = reduced.length;
    for await (const { errors } of examples)
      reduced.push(reduceErrors('diffusion-itm', errors, header.latentElements).flat());
    expect(reduced.length - before).toBe(to - from);
  }
  const stored = await database().prisma.exampleScore.findMany({
    where: { evaluationId },
    orderBy: [{ task: 'asc' }, { index: 'asc' }],
  });
  expect(reduced).toEqual(stored.map(({ scores }) => scores));
});

test('a protocol that was asked for scores the checkpoint, whose row stands in the list of that protocol', async () => {
  const evaluationId = await submit(DIFFUSION, 'adaptive', 'diffusion-itm-adaptive');
  await work('a');
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE', protocol: 'diffusion-itm-adaptive' });
  const list = async (protocols: string[]) => {
    const { rows } = await readPresent(database(), { first: 10, protocols });
    return rows.map((row) => row.evaluationId);
  };
  expect(await list(['diffusion-itm', 'cosine', 'matching'])).toEqual([]);
  expect(await list(['diffusion-itm-adaptive'])).toEqual([evaluationId]);
  // a race leaves samples undrawn: there is nothing to reduce again
  expect(await readArtifacts(database(), evaluationId)).toEqual([]);
});

/** The evaluation's work of a kind, in its order. */
const workOf = (evaluationId: string, kind: 'PLAN' | 'SCORE') =>
  database().prisma.work.findMany({ where: { evaluationId, kind }, orderBy: { position: 'asc' } });

/** Child processes of which the first is handed to `harm` when the first shard is about to be scored in it. */
function harmed(harm: (pid: number) => void): WarmProcess {
  const warm = keepWarm({ memoryBytes: 8e9 });
  let done = false;
  return {
    ...warm,
    async take(key) {
      const child = await warm.take(key);
      if (!done) harm(child.pid);
      done = true;
      return child;
    },
  };
}

test('a child process that is killed in mid-shard costs no attempt and no score', async () => {
  const evaluationId = await submit(DUAL_ENCODER, 'killed');
  await work(
    'a',
    harmed((pid) => process.kill(pid, 'SIGKILL')),
  );
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE' });
  const shards = await workOf(evaluationId, 'SCORE');
  expect(shards[0]).toMatchObject({ state: 'DONE', attempts: 1, kills: 1 });
  await expectWhole(evaluationId, DUAL_ENCODER);
  const lines = (await readLog(database(), evaluationId, 100)).map(({ message }) => message);
  expect(lines).toContain('The process that ran the model on clevr ended unexpectedly (SIGKILL).');
});

test('a worker that stops in mid-shard gives the shard back without costing an attempt, and another finishes', async () => {
  const evaluationId = await submit(DUAL_ENCODER, 'stopped');
  const stopped = new Promise<void>((resolve) => {
    const warm = harmed(() => {
      void first.then((worker) => worker.stop()).then(resolve);
    });
    const first = work('a', warm);
  });
  await stopped;
  const [shard] = await workOf(evaluationId, 'SCORE');
  expect(shard).toMatchObject({ position: 0, state: 'QUEUED', attempts: 0, leaseToken: null });
  await work('b');
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE', retriedShards: 0 });
  await expectWhole(evaluationId, DUAL_ENCODER);
});

/** A worker whose data root is still being made; `examples` and `images` make a part of it and tell the worker. */
async function workBeforeData(name: string) {
  const { arrival, tell } = createArrival();
  const root = join(home(), 'late-data');
  const worker = await begin({ ...settingsOf(name), data: root }, { arrival });
  const examples = async () => {
    await cp(data, root, { recursive: true, filter: (path) => !path.endsWith('.png') });
    const versions = await Promise.all(
      (['clevr', 'winoground'] as const).map(async (task) => [task, (await loadTask(data, task)).dataVersion]),
    );
    await writeFile(join(root, 'manifest.json'), JSON.stringify({ dataVersions: Object.fromEntries(versions) }));
    tell('examples');
  };
  const images = async (task: 'clevr' | 'winoground') => {
    await cp(join(data, task), join(root, task), { recursive: true });
    tell(task);
  };
  return { worker, examples, images };
}

/** Waits until the evaluation is as asked. */
const becomes = (evaluationId: string, expected: object) =>
  vi.waitFor(async () => expect(await readEvaluation(database(), evaluationId)).toMatchObject(expected), {
    timeout: 30_000,
  });

/** Waits until the evaluation's log has the line. */
const says = (evaluationId: string, line: RegExp) =>
  vi.waitFor(
    async () => {
      const lines = (await readLog(database(), evaluationId, 100)).map(({ message }) => message);
      expect(lines).toContainEqual(expect.stringMatching(line));
    },
    { timeout: 30_000 },
  );

test('while its data are being made a worker inspects, then plans, then scores each task as soon as it is there', async () => {
  const evaluationId = await submit(DUAL_ENCODER, 'early');
  const { examples, images } = await workBeforeData('a');
  await says(evaluationId, /^Accepted/);
  await becomes(evaluationId, { state: 'QUEUED', tasks: [], workers: 1 });
  await examples();
  await becomes(evaluationId, { state: 'SCORING', tasks: [{ task: 'clevr' }, { task: 'winoground' }] });
  expect(await database().prisma.exampleScore.count({ where: { evaluationId } })).toBe(0);
  await images('clevr');
  await says(evaluationId, /^clevr is complete/);
  expect(await database().prisma.exampleScore.count({ where: { evaluationId, task: 'winoground' } })).toBe(0);
  await images('winoground');
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE' });
  await expectWhole(evaluationId, DUAL_ENCODER);
});

test('what waits for its data is not taken for dead: its lease is renewed, and nobody puts it back', async () => {
  const evaluationId = await submit(DUAL_ENCODER, 'patient');
  const { examples, images } = await workBeforeData('a');
  await becomes(evaluationId, { state: 'QUEUED', workers: 1 });
  const soon = new Date(Date.now() + 5_000);
  await database().prisma.work.updateMany({ where: { evaluationId }, data: { leaseExpiresAt: soon } });
  await vi.waitFor(
    async () => {
      const [plan] = await workOf(evaluationId, 'PLAN');
      expect(plan?.leaseExpiresAt?.getTime()).toBeGreaterThan(soon.getTime());
    },
    { timeout: 30_000 },
  );
  expect(await sweep(database())).toEqual({ requeued: 0, failed: 0 });
  await examples();
  await images('clevr');
  await images('winoground');
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE', retriedShards: 0 });
});

test('a worker that stops before its data are there gives back what it has without costing an attempt', async () => {
  const inspected = await submit(DUAL_ENCODER, 'stopped early');
  const first = await workBeforeData('a');
  await becomes(inspected, { state: 'QUEUED', workers: 1 });
  await first.worker.stop();
  expect(await readEvaluation(database(), inspected)).toMatchObject({ state: 'QUEUED', workers: 0 });
  expect(await workOf(inspected, 'PLAN')).toMatchObject([{ state: 'QUEUED', attempts: 0, leaseToken: null }]);

  const second = await workBeforeData('b');
  await second.examples();
  await becomes(inspected, { state: 'SCORING' });
  await second.worker.stop();
  const shards = await workOf(inspected, 'SCORE');
  expect(shards.map(({ state, attempts, leaseToken }) => ({ state, attempts, leaseToken }))).toEqual(
    shards.map(() => ({ state: 'QUEUED', attempts: 0, leaseToken: null })),
  );

  await work('c');
  expect(await ended(inspected)).toMatchObject({ state: 'DONE' });
});

test('an evaluation that is cancelled while it waits for the data stays so', async () => {
  const evaluationId = await submit(DUAL_ENCODER, 'cancelled early');
  const { examples, worker } = await workBeforeData('a');
  await says(evaluationId, /^Accepted/);
  await cancel(database(), 'anonymous', evaluationId);
  await examples();
  await worker.stop();
  expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'CANCELLED' });
  expect(await database().prisma.shard.count({ where: { evaluationId } })).toBe(0);
});
