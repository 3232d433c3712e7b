import { createHash } from 'node:crypto';
import type { ExampleScores, TaskSummary } from '@gdbench/benchmark/task';
import type { Database } from '@gdbench/prisma/database';
import { accept, claimInspection } from '@gdbench/prisma/inspection';
import { claim, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/manifest';

/** Hex sha256 of bytes or text. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A submission all of whose files the service holds, so that it waits for inspection. */
export async function submitStored(
  db: Database,
  name: string,
): Promise<{ submissionId: string; evaluationId: string }> {
  const files = [{ path: 'model.onnx', size: 3, sha256: sha256(name) }];
  return createSubmission(db, {
    name,
    files,
    sha256: checkpointSha256(files),
    samples: 5,
    seed: 0,
    limit: null,
    storedHashes: new Set(files.map((file) => file.sha256)),
  });
}

/** Inspects as a worker would: one task, clevr, of one shard an example. */
export async function acceptAs(
  db: Database,
  evaluationId: string,
  examples = 2,
  protocol = 'diffusion-itm',
): Promise<void> {
  const inspection = await claimInspection(db, evaluationId, 'test');
  if (!inspection) throw new Error(`Nothing to inspect in ${evaluationId}.`);
  const shards = Array.from({ length: examples }, (_, i) => ({ from: i, to: i + 1, cost: 10 }));
  const accepted = await accept(db, evaluationId, inspection.token, {
    kind: protocol === 'diffusion-itm' ? 'DIFFUSION' : 'DUAL_ENCODER',
    parameters: 1234,
    report: { inputSize: 64, predictionType: 'epsilon', checks: ['Its files are whole.'] },
    protocol,
    warnings: [],
    tasks: [{ task: 'clevr', dataVersion: 'test', examples, shards }],
  });
  if (!accepted) throw new Error(`The inspection of ${evaluationId} was lost.`);
}

/** Scores the evaluation's next shard, after which the task's average is `average`. */
export async function scoreNext(db: Database, evaluationId: string, average: number): Promise<void> {
  const shard = await db.prisma.shard.findFirstOrThrow({
    where: { evaluationId, state: 'QUEUED' },
    orderBy: { position: 'asc' },
  });
  const claimed = await claim(db, shard.id, 'test');
  if (!claimed) throw new Error(`Shard ${shard.id} could not be claimed.`);
  const scores: ExampleScores[] = [];
  for (let index = claimed.from; index < claimed.to; index++)
    scores.push({ index, example: `e${index}`, scores: [[1], [0]] });
  const summarise = (all: ExampleScores[]): TaskSummary => ({
    task: 'clevr',
    n: all.length,
    ties: 0,
    metrics: [
      { metric: 'average', value: average, low: average - 0.05, high: average + 0.05, chance: 0.5, n: all.length },
    ],
  });
  const outcome = await complete(db, shard.id, claimed.token, { scores, summarise, rankingMetric: 'clevr.average' });
  if (outcome !== 'done') throw new Error(`Shard ${shard.id} was ${outcome}.`);
}

/** From submission to DONE, with one example. */
export async function finishAs(db: Database, name: string, average: number): Promise<string> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, 1);
  await scoreNext(db, evaluationId, average);
  return evaluationId;
}
