import { createHash, randomUUID } from 'node:crypto';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';
import { summarise } from '@gdbench/benchmark/summarise';
import type { DataEdition, ExampleScores, MetricValue, TaskData, TaskName, TaskSummary } from '@gdbench/benchmark/task';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { accept, type ClaimedInspection } from '@gdbench/prisma/inspection';
import { summariseTask } from '@gdbench/prisma/results';
import { type ClaimedShard, type Completion, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { claim } from '@gdbench/prisma/work';
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
  /** Model rows that an example costs; default 10. */
  readonly rows?: number;
  /** Each task waits in one piece, and is cut as it is claimed. */
  readonly uncut?: boolean;
}

/** All of an edition, so that the evaluation ranks. */
const wholeOf = (examples: number): DataEdition => ({ state: 'whole', name: 'test', examples, of: examples });

/** Claims the evaluation's inspection as a worker does. */
export async function claimedInspection(
  db: Database,
  evaluationId: string,
  worker = 'test',
): Promise<ClaimedInspection> {
  const work = await claim(db, { worker, kinds: ['INSPECT'], loaded: evaluationId, onDisk: [] });
  if (work?.kind !== 'INSPECT' || work.evaluationId !== evaluationId)
    throw new Error(`Nothing to inspect in ${evaluationId}.`);
  return work;
}

/** Inspects as a worker would: its evaluation is QUEUED. */
export async function acceptAs(
  db: Database,
  evaluationId: string,
  {
    shards = { clevr: [1, 1] },
    protocol = 'diffusion-itm',
    dataVersion = 'test',
    edition,
    report,
    rows = 10,
    uncut = false,
  }: Plan = {},
): Promise<void> {
  const inspection = await claimedInspection(db, evaluationId);
  const tasks = Object.entries(shards).map(([task, sizes]) => {
    const examples = sizes.reduce((sum, size) => sum + size, 0);
    return {
      task,
      dataVersion: typeof dataVersion === 'string' ? dataVersion : dataVersion[task]!,
      examples,
      edition: edition ?? wholeOf(examples),
      cost: rows * examples,
    };
  });
  const plan = { report: reportFor(protocol, report), protocol, warnings: [], tasks };
  if (!(await accept(db, inspection, plan))) throw new Error(`The inspection of ${evaluationId} was lost.`);
  if (!uncut) for (const [task, sizes] of Object.entries(shards)) await cutAs(db, evaluationId, task, sizes);
}

/** Cuts the one shard of a task into shards of so many examples, none of which is cut any further. */
async function cutAs(db: Database, evaluationId: string, task: string, sizes: readonly number[]): Promise<void> {
  const { workId, work } = await db.prisma.shard.findFirstOrThrow({
    where: { evaluationId, task },
    include: { work: true },
  });
  await db.prisma.work.delete({ where: { id: workId } });
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  for (const [i, to] of ends.entries()) {
    const from = to - sizes[i]!;
    const shard = { evaluationId, task, from, to, cost: 10 * sizes[i]! };
    await db.prisma.work.create({
      data: {
        ...work,
        id: randomUUID(),
        position: work.position + from,
        startedAt: work.createdAt,
        shard: { create: shard },
      },
    });
  }
}

/** An evaluation with its plan, QUEUED. Default: clevr in two shards of 3 and 2 examples, mmbias in one of 2. */
export async function planned(
  db: Database,
  { name, shards = { clevr: [3, 2], mmbias: [2] }, ...plan }: { name?: string } & Plan = {},
): Promise<{ readonly evaluationId: string; readonly shardIds: readonly string[] }> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, { shards, protocol: 'cosine', ...plan });
  const rows = await db.prisma.work.findMany({
    where: { evaluationId, kind: 'SCORE' },
    orderBy: { position: 'asc' },
  });
  return { evaluationId, shardIds: rows.map(({ id }) => id) };
}

/** Claims the evaluation's next shard as a worker does that has its model loaded; null where none waits. */
export async function claimNext(db: Database, evaluationId: string, worker = 'test'): Promise<ClaimedShard | null> {
  const work = await claim(db, { worker, kinds: ['SCORE'], loaded: evaluationId, onDisk: [] });
  return work?.kind === 'SCORE' && work.evaluationId === evaluationId ? work : null;
}

/** Claims the evaluation's next shard, which is there. */
export async function claimed(db: Database, evaluationId: string, worker?: string): Promise<ClaimedShard> {
  const shard = await claimNext(db, evaluationId, worker);
  if (!shard) throw new Error(`No shard of ${evaluationId} could be claimed.`);
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

/** Completes a claimed shard with its examples' true scores; nothing is summarised. `other` is told in the place of these. */
export function completeTruly(
  db: Database,
  shard: Pick<ClaimedShard, 'id' | 'token' | 'from' | 'to'>,
  other: Partial<Completion> = {},
) {
  return complete(db, shard, {
    scores: Array.from({ length: shard.to - shard.from }, (_, i) => trueScores(shard.from + i)),
    seconds: 1,
    ...other,
  });
}

/** Summarises a task as a worker's chore does; default: the sum of its scores. */
export function summariseTruly(
  db: Database,
  evaluationId: string,
  task: string,
  summarised: Parameters<typeof summariseTask>[2]['summarise'] = (all) => sumOf(task, all),
) {
  const summary = { summarise: summarised, rankingMetric: 'clevr.average' };
  return summariseTask(db, { evaluationId, task }, summary);
}

/** Scores the evaluation's next shard, after which its task has these metrics; a number is CLEVR's average, ± 0.05. */
export async function scoreNext(db: Database, evaluationId: string, metrics: number | MetricValue[]): Promise<void> {
  const shard = await claimed(db, evaluationId);
  const outcome = await completeTruly(db, shard);
  if (outcome !== 'done') throw new Error(`Shard ${shard.id} was ${outcome}.`);
  await summariseTruly(db, evaluationId, shard.task, (all) => ({
    ...sumOf(shard.task, all),
    metrics: typeof metrics === 'number' ? [averageOf(metrics, all.length)] : metrics,
  }));
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
  for (let left = tasks.length; left > 0; left -= 1) {
    const shard = await claimed(db, ids.evaluationId);
    const { data, scores } = tasks.find((one) => one.data.task === shard.task)!;
    const outcome = await completeTruly(db, shard, { scores });
    if (outcome !== 'done') throw new Error(`Shard ${shard.id} was ${outcome}.`);
    await summariseTruly(db, ids.evaluationId, shard.task, (all) => summarise(data, all));
  }
  return ids;
}

/** As if all pauses before further tries were over. */
export async function endPauses(db: Database, evaluationId: string): Promise<void> {
  await db.pool.query('UPDATE "Work" SET "availableAt" = now() WHERE "evaluationId" = $1 AND "availableAt" > now()', [
    evaluationId,
  ]);
}

/** As if the workers that hold its work had been silent for longer than a lease. */
export async function expireLeases(db: Database, evaluationId: string): Promise<void> {
  // locked in the order in which all that change several pieces of work lock them: any other could end in a deadlock
  await db.pool.query(
    `WITH held AS (SELECT id FROM "Work" WHERE "evaluationId" = $1 AND state = 'RUNNING' ORDER BY id FOR NO KEY UPDATE)
     UPDATE "Work" w SET "leaseExpiresAt" = now() - interval '1 second' FROM held WHERE w.id = held.id`,
    [evaluationId],
  );
}
