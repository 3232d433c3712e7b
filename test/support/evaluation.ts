import { randomUUID } from 'node:crypto';
import type { ExampleScores, TaskSummary } from '@gdbench/benchmark/task';
import type { Database } from '@gdbench/prisma/database';
import { accept, claimInspection } from '@gdbench/prisma/inspection';
import { type ClaimedShard, complete } from '@gdbench/prisma/shards';
import { createSubmission, fileStored, readSubmission } from '@gdbench/prisma/submissions';
import { wholeOf } from './drive.ts';
import { reportFor } from './report.ts';

export const RANKING_METRIC = 'clevr.average';

/** Any 64 hex digits. */
export const anySha256 = () => `${randomUUID()}${randomUUID()}`.replaceAll('-', '');

export function newSubmission(name = `checkpoint-${randomUUID()}`) {
  const files = ['config.json', 'unet/model.onnx'].map((path, i) => ({
    path,
    size: 100 * (i + 1),
    sha256: anySha256(),
  }));
  return { name, files, sha256: anySha256(), samples: 25, seed: 0, limit: null, storedHashes: new Set<string>() };
}

/** A submission whose files are all stored: its evaluation is INSPECTING. */
export async function uploaded(db: Database, name?: string): Promise<{ submissionId: string; evaluationId: string }> {
  const ids = await createSubmission(db, newSubmission(name));
  const submission = await readSubmission(db, ids.submissionId);
  for (const { id } of submission?.files ?? []) await fileStored(db, id);
  return ids;
}

interface Plan {
  readonly name?: string;
  /** Examples of each shard, by task. */
  readonly shards?: Readonly<Record<string, readonly number[]>>;
}

export interface Planned {
  readonly evaluationId: string;
  readonly shardIds: readonly string[];
}

/** An evaluation with its plan, QUEUED. Default: clevr in two shards of 3 and 2 examples, mmbias in one of 2. */
export async function planned(
  db: Database,
  { name, shards = { clevr: [3, 2], mmbias: [2] } }: Plan = {},
): Promise<Planned> {
  const { evaluationId } = await uploaded(db, name);
  const inspection = await claimInspection(db, evaluationId, 'inspector');
  if (!inspection) throw new Error('The inspection could not be claimed.');
  const tasks = Object.entries(shards).map(([task, sizes]) => {
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
    const slices = ends.map((to, i) => ({ from: to - (sizes[i] ?? 0), to, cost: 10 * (sizes[i] ?? 0) }));
    const examples = ends.at(-1) ?? 0;
    return { task, dataVersion: 'data-1', examples, edition: wholeOf(examples), shards: slices };
  });
  await accept(db, evaluationId, inspection.token, {
    report: reportFor('cosine'),
    protocol: 'cosine',
    warnings: [],
    tasks,
  });
  const { rows } = await db.pool.query<{ id: string }>(
    'SELECT id FROM "Shard" WHERE "evaluationId" = $1 ORDER BY position',
    [evaluationId],
  );
  return { evaluationId, shardIds: rows.map(({ id }) => id) };
}

/** The one true score of an example, whoever computes it. */
export function scoresOf(index: number): ExampleScores {
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
export function summarise(task: string, all: readonly ExampleScores[]): TaskSummary {
  const value = all.flatMap(({ scores }) => scores.flat()).reduce((sum, score) => sum + score, 0);
  return {
    task: task as TaskSummary['task'],
    n: all.length,
    ties: 0,
    metrics: [{ metric: 'average', value, low: value - 1, high: value + 1, chance: 0.5, n: all.length }],
  };
}

/** Completes a claimed shard with its examples' true scores. */
export function completeTruly(db: Database, shard: Pick<ClaimedShard, 'shardId' | 'token' | 'task' | 'from' | 'to'>) {
  const scores = Array.from({ length: shard.to - shard.from }, (_, i) => scoresOf(shard.from + i));
  return complete(db, shard.shardId, shard.token, {
    scores,
    summarise: (all) => summarise(shard.task, all),
    rankingMetric: RANKING_METRIC,
  });
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
