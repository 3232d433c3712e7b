import { createHash, randomUUID } from 'node:crypto';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';
import { summarise } from '@gdbench/benchmark/summarise';
import type { DataEdition, ExampleScores, MetricValue, TaskData, TaskName, TaskSummary } from '@gdbench/benchmark/task';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { accept, claimInspection } from '@gdbench/prisma/inspection';
import { type ClaimedShard, claim, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { reportFor } from './report.ts';

/*
 * Evaluations as clients and workers make them, without files or models: sent, accepted with a plan, scored.
 */

/** Hex sha256 of bytes or text. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Any 64 hex digits. */
export const anySha256 = () => `${randomUUID()}${randomUUID()}`.replaceAll('-', '');

/** What a client sends, of 300 bytes in two files, whose content is the name's; none of them is stored. */
export function newSubmission(name = `checkpoint-${randomUUID()}`) {
  const files = ['config.json', 'unet/model.onnx'].map((path, i) => ({
    path,
    size: 100 * (i + 1),
    sha256: sha256(`${path} of ${name}`),
  }));
  const limit: number | null = null;
  const submitter: Actor = 'anonymous';
  return {
    submitter,
    name,
    files,
    sha256: checkpointSha256(files),
    samples: 25,
    seed: 0,
    limit,
    storedHashes: new Set<string>(),
  };
}

export interface Submitted {
  readonly submissionId: string;
  readonly evaluationId: string;
}

/** A submission all of whose files the service holds: its evaluation is INSPECTING. */
export function submitStored(
  db: Database,
  name?: string,
  more: { samples?: number; seed?: number; limit?: number | null } = {},
): Promise<Submitted> {
  const input = newSubmission(name);
  return createSubmission(db, { ...input, ...more, storedHashes: new Set(input.files.map((file) => file.sha256)) });
}

/** What an inspection might decide; default: clevr in two shards of one example each, by diffusion-itm. */
interface Plan {
  /** Examples of each shard, by task. */
  readonly shards?: Readonly<Record<string, readonly number[]>>;
  readonly protocol?: Protocol;
  /** Of all tasks, or by task. */
  readonly dataVersion?: string | Readonly<Record<string, string>>;
  readonly edition?: DataEdition;
  readonly report?: Partial<InspectionReport>;
}

/** All of an edition, so that the evaluation ranks. */
const wholeOf = (examples: number): DataEdition => ({ state: 'whole', name: 'test', examples, of: examples });

/** Inspects as a worker would: its evaluation is QUEUED. */
export async function acceptAs(
  db: Database,
  evaluationId: string,
  { shards = { clevr: [1, 1] }, protocol = 'diffusion-itm', dataVersion = 'test', edition, report }: Plan = {},
): Promise<void> {
  const inspection = await claimInspection(db, evaluationId, 'test');
  if (!inspection) throw new Error(`Nothing to inspect in ${evaluationId}.`);
  const tasks = Object.entries(shards).map(([task, sizes]) => {
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
    const examples = ends.at(-1) ?? 0;
    return {
      task,
      dataVersion: typeof dataVersion === 'string' ? dataVersion : dataVersion[task]!,
      examples,
      edition: edition ?? wholeOf(examples),
      shards: ends.map((to, i) => ({ from: to - sizes[i]!, to, cost: 10 * sizes[i]! })),
    };
  });
  const plan = { report: reportFor(protocol, report), protocol, warnings: [], tasks };
  if (!(await accept(db, evaluationId, inspection.token, plan)))
    throw new Error(`The inspection of ${evaluationId} was lost.`);
}

/** An evaluation with its plan, QUEUED. Default: clevr in two shards of 3 and 2 examples, mmbias in one of 2. */
export async function planned(
  db: Database,
  { name, shards = { clevr: [3, 2], mmbias: [2] } }: { name?: string; shards?: Plan['shards'] } = {},
): Promise<{ readonly evaluationId: string; readonly shardIds: readonly string[] }> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, { shards, protocol: 'cosine' });
  const rows = await db.prisma.shard.findMany({ where: { evaluationId }, orderBy: { position: 'asc' } });
  return { evaluationId, shardIds: rows.map(({ id }) => id) };
}

/** Claims a shard as a worker does. */
export async function claimed(db: Database, shardId: string, worker = 'test'): Promise<ClaimedShard> {
  const shard = await claim(db, shardId, worker);
  if (!shard) throw new Error(`Shard ${shardId} could not be claimed.`);
  return shard;
}

/** The one true score of an example, whoever computes it. */
export function trueScores(index: number): ExampleScores {
  return {
    index,
    example: `example-${index}`,
    scores: [
      [index / 3, -index / 7],
      [Math.PI * index, 1 / (index + 1)],
    ],
  };
}

/** A metric that depends on every score: their sum; the count shows that none is missing or twice. */
export function sumOf(task: string, all: readonly ExampleScores[]): TaskSummary {
  const value = all.flatMap(({ scores }) => scores.flat()).reduce((sum, score) => sum + score, 0);
  const average = { metric: 'average', value, low: value - 1, high: value + 1, chance: 0.5, n: all.length };
  return { task: task as TaskName, n: all.length, ties: 0, metrics: [average] };
}

/** Completes a claimed shard with its examples' true scores; its task has their sum. `other` is told in the place of these. */
export function completeTruly(
  db: Database,
  shard: Pick<ClaimedShard, 'shardId' | 'token' | 'task' | 'from' | 'to'>,
  other: Partial<Parameters<typeof complete>[3]> = {},
) {
  return complete(db, shard.shardId, shard.token, {
    scores: Array.from({ length: shard.to - shard.from }, (_, i) => trueScores(shard.from + i)),
    summarise: (all) => sumOf(shard.task, all),
    rankingMetric: 'clevr.average',
    ...other,
  });
}

/** Scores the evaluation's next shard, after which its task has these metrics; a number is CLEVR's average, ± 0.05. */
export async function scoreNext(db: Database, evaluationId: string, metrics: number | MetricValue[]): Promise<void> {
  const next = { where: { evaluationId, state: 'QUEUED' as const }, orderBy: { position: 'asc' as const } };
  const shard = await claimed(db, (await db.prisma.shard.findFirstOrThrow(next)).id);
  const outcome = await completeTruly(db, shard, {
    summarise: (all) => ({
      ...sumOf(shard.task, all),
      metrics: typeof metrics === 'number' ? [averageOf(metrics, all.length)] : metrics,
    }),
  });
  if (outcome !== 'done') throw new Error(`Shard ${shard.shardId} was ${outcome}.`);
}

function averageOf(value: number, n: number): MetricValue {
  return { metric: 'average', value, low: value - 0.05, high: value + 0.05, chance: 0.5, n };
}

/** From submission to DONE, with one example. */
export async function finishAs(db: Database, name: string, average: number): Promise<Submitted> {
  const ids = await submitStored(db, name);
  await acceptAs(db, ids.evaluationId, { shards: { clevr: [1] } });
  await scoreNext(db, ids.evaluationId, average);
  return ids;
}

/** A task's data with a score of every example. */
export interface ScoredTask {
  readonly data: TaskData;
  readonly scores: readonly ExampleScores[];
}

/** A submission that is DONE with these scores, summarised as a worker does; one shard a task. */
export async function scored(
  db: Database,
  name: string,
  tasks: readonly ScoredTask[],
  { protocol = 'cosine', ...sampling }: { protocol?: Protocol; samples?: number; seed?: number; limit?: number } = {},
): Promise<Submitted> {
  const ids = await submitStored(db, name, sampling);
  await acceptAs(db, ids.evaluationId, {
    protocol,
    shards: Object.fromEntries(tasks.map(({ data }) => [data.task, [data.examples.length]])),
    dataVersion: Object.fromEntries(tasks.map(({ data }) => [data.task, data.dataVersion])),
    report: { parameters: 1_234_567 },
  });
  for (const { id, task } of await db.prisma.shard.findMany({ where: { evaluationId: ids.evaluationId } })) {
    const { data, scores } = tasks.find((one) => one.data.task === task)!;
    const shard = await claimed(db, id);
    const outcome = await completeTruly(db, shard, { scores, summarise: (all) => summarise(data, all) });
    if (outcome !== 'done') throw new Error(`Shard ${id} was ${outcome}.`);
  }
  return ids;
}

/** As if the workers that hold them had been silent for longer than a lease. */
export async function expireLeases(db: Database, evaluationId: string): Promise<void> {
  const past = `now() - interval '1 second'`;
  // locked in the order in which all that change several shards lock them: any other could end in a deadlock
  await db.pool.query(
    `WITH held AS (SELECT id FROM "Shard" WHERE "evaluationId" = $1 ORDER BY position FOR NO KEY UPDATE)
     UPDATE "Shard" s SET "leaseExpiresAt" = ${past} FROM held WHERE s.id = held.id AND s.state = 'RUNNING'`,
    [evaluationId],
  );
  await db.pool.query(`UPDATE "Evaluation" SET "leaseExpiresAt" = ${past} WHERE id = $1 AND "leaseToken" IS NOT NULL`, [
    evaluationId,
  ]);
}
