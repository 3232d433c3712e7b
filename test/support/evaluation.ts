import { createHash, randomUUID } from 'node:crypto';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { Protocol } from '@gdbench/benchmark/protocol';
import { summarise } from '@gdbench/benchmark/summarise';
import type { DataEdition, ExampleScores, MetricValue, TaskData, TaskName, TaskSummary } from '@gdbench/benchmark/task';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { accept, type ClaimedInspection } from '@gdbench/prisma/inspection';
import { type ClaimedPlan, type Plan, plan } from '@gdbench/prisma/planning';
import { summariseTask } from '@gdbench/prisma/results';
import { type ClaimedShard, type Completion, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { claim } from '@gdbench/prisma/work';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { ASK, askFor, BOARD_ID } from './board.ts';
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
  const submitter: Actor = 'anonymous';
  return {
    submitter,
    name,
    files,
    sha256: checkpointSha256(files),
    boardId: BOARD_ID,
    storedHashes: new Set<string>(),
  };
}

export interface Submitted {
  readonly submissionId: string;
  readonly evaluationId: string;
}

/** A submission all of whose files the service holds: its evaluation is INSPECTING. `ask`: what the board asks from now on. */
export async function submitStored(
  db: Database,
  name?: string,
  ask: { samples?: number; seed?: number; limit?: number | null } = {},
): Promise<Submitted> {
  const input = newSubmission(name);
  if (Object.keys(ask).length > 0) await askFor(db, { ...ASK, ...ask });
  return createSubmission(db, { ...input, storedHashes: new Set(input.files.map((file) => file.sha256)) });
}

/** What an inspection might decide; default: clevr in two shards of one example each, by diffusion-itm. */
interface Decided {
  /** Examples of each shard, by task. */
  readonly shards?: Readonly<Record<string, readonly number[]>>;
  readonly protocol?: Protocol;
  /** Of all tasks, or by task. */
  readonly dataVersion?: string | Readonly<Record<string, string>>;
  /** Of all data of the board; default 'test': all evaluations have one measurement. */
  readonly dataSet?: string;
  readonly edition?: DataEdition;
  readonly report?: Partial<InspectionReport>;
  /** Model rows that an example costs; default 10. */
  readonly rows?: number;
  /** Each task waits in one piece, and is cut as it is claimed. */
  readonly uncut?: boolean;
}

/** All of an edition, so that the evaluation ranks. */
const wholeOf = (examples: number): DataEdition => ({ state: 'whole', name: 'test', examples, of: examples });

/** Claims the inspection that the evaluation waits for, as a worker does. */
export async function claimedInspection(
  db: Database,
  evaluationId: string,
  worker = 'test',
): Promise<ClaimedInspection> {
  const { checkpointId, sha256 } = await checkpointOf(db, evaluationId);
  const work = await claim(db, { worker, kinds: ['INSPECT'], loaded: null, onDisk: [sha256] });
  if (work?.kind !== 'INSPECT' || work.checkpointId !== checkpointId)
    throw new Error(`Nothing to inspect in ${evaluationId}.`);
  return work;
}

function checkpointOf({ sql }: Database, evaluationId: string) {
  return sql
    .selectFrom('Evaluation')
    .innerJoin('Checkpoint', 'Checkpoint.id', 'Evaluation.checkpointId')
    .select(['Evaluation.checkpointId', 'Checkpoint.sha256'])
    .where('Evaluation.id', '=', evaluationId)
    .executeTakeFirstOrThrow();
}

/** Claims the evaluation's plan as a worker does. */
export async function claimedPlan(db: Database, evaluationId: string, worker = 'test'): Promise<ClaimedPlan> {
  const work = await claim(db, { worker, kinds: ['PLAN'], loaded: evaluationId, onDisk: [] });
  if (work?.kind !== 'PLAN' || work.evaluationId !== evaluationId)
    throw new Error(`Nothing to plan in ${evaluationId}.`);
  return work;
}

/** A plan of tasks with so many examples each. */
export function planOf(
  { ask }: Pick<ClaimedPlan, 'ask'>,
  examples: Readonly<Record<string, number>>,
  { dataVersion = 'test', dataSet = 'test', edition, rows = 10 }: Decided = {},
): Plan {
  const tasks = Object.entries(examples).map(([task, n]) => ({
    task,
    dataVersion: typeof dataVersion === 'string' ? dataVersion : dataVersion[task]!,
    examples: n,
    edition: edition ?? wholeOf(n),
    cost: rows * n,
  }));
  return { ask, dataVersion: dataSet, warnings: [], tasks };
}

/** Inspects, where it waits for that, and plans as a worker would: its evaluation is QUEUED, with its shards. */
export async function acceptAs(db: Database, evaluationId: string, decided: Decided = {}): Promise<void> {
  const { shards = { clevr: [1, 1] }, protocol = 'diffusion-itm', report, uncut = false } = decided;
  if (await isWaiting(db, evaluationId)) {
    const inspection = await claimedInspection(db, evaluationId);
    if (!(await accept(db, inspection, reportFor(protocol, report))))
      throw new Error(`The inspection of ${evaluationId} was lost.`);
  }
  const work = await claimedPlan(db, evaluationId);
  const examples = Object.fromEntries(
    Object.entries(shards).map(([task, sizes]) => [task, sizes.reduce((sum, size) => sum + size, 0)]),
  );
  const outcome = await plan(db, work, planOf(work, examples, decided));
  if (outcome !== 'planned') throw new Error(`The plan of ${evaluationId} was ${outcome}.`);
  if (!uncut) for (const [task, sizes] of Object.entries(shards)) await cutAs(db, evaluationId, task, sizes);
}

async function isWaiting({ sql }: Database, evaluationId: string): Promise<boolean> {
  const { state } = await sql
    .selectFrom('Evaluation')
    .select('state')
    .where('id', '=', evaluationId)
    .executeTakeFirstOrThrow();
  return state === 'WAITING';
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
  { name, shards = { clevr: [3, 2], mmbias: [2] }, ...decided }: { name?: string } & Decided = {},
): Promise<{ readonly evaluationId: string; readonly shardIds: readonly string[] }> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, { shards, protocol: 'cosine', ...decided });
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
  return summariseTask(db, { evaluationId, task }, { summarise: summarised });
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

/** Its work, and the inspection of its checkpoint. */
const OF = `("evaluationId" = $1 OR "evaluationId" IS NULL AND "checkpointId" = (SELECT e."checkpointId" FROM "Evaluation" e WHERE e.id = $1))`;

/** As if all pauses before further tries were over. */
export async function endPauses(db: Database, evaluationId: string): Promise<void> {
  await db.pool.query(`UPDATE "Work" SET "availableAt" = now() WHERE ${OF} AND "availableAt" > now()`, [evaluationId]);
}

/** As if the workers that hold its work had been silent for longer than a lease. */
export async function expireLeases(db: Database, evaluationId: string): Promise<void> {
  // locked in the order in which all that change several pieces of work lock them: any other could end in a deadlock
  await db.pool.query(
    `WITH held AS (SELECT id FROM "Work" WHERE ${OF} AND state = 'RUNNING' ORDER BY id FOR NO KEY UPDATE)
     UPDATE "Work" w SET "leaseExpiresAt" = now() - interval '1 second' FROM held WHERE w.id = held.id`,
    [evaluationId],
  );
}
