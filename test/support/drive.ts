import { createHash } from 'node:crypto';
import type { Protocol } from '@gdbench/benchmark/protocol';
import type { DataEdition, ExampleScores, MetricValue, TaskName, TaskSummary } from '@gdbench/benchmark/task';
import type { Database } from '@gdbench/prisma/database';
import { accept, claimInspection } from '@gdbench/prisma/inspection';
import { claim, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { reportFor } from './report.ts';

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

interface Plan {
  task?: TaskName;
  examples?: number;
  protocol?: Protocol;
  dataVersion?: string;
  edition?: DataEdition;
}

/** All of an edition, so that the evaluation ranks. */
export const wholeOf = (examples: number): DataEdition => ({ state: 'whole', name: 'test', examples, of: examples });

/** Inspects as a worker would: one task, of one shard an example. */
export async function acceptAs(db: Database, evaluationId: string, plan: Plan = {}): Promise<void> {
  const {
    task = 'clevr',
    examples = 2,
    protocol = 'diffusion-itm',
    dataVersion = 'test',
    edition = wholeOf(examples),
  } = plan;
  const inspection = await claimInspection(db, evaluationId, 'test');
  if (!inspection) throw new Error(`Nothing to inspect in ${evaluationId}.`);
  const shards = Array.from({ length: examples }, (_, i) => ({ from: i, to: i + 1, cost: 10 }));
  const accepted = await accept(db, evaluationId, inspection.token, {
    report: reportFor(protocol),
    protocol,
    warnings: [],
    tasks: [{ task, dataVersion, examples, shards, edition }],
  });
  if (!accepted) throw new Error(`The inspection of ${evaluationId} was lost.`);
}

/** Scores the evaluation's next shard, after which its task has these metrics; a number is CLEVR's average, ± 0.05. */
export async function scoreNext(db: Database, evaluationId: string, metrics: number | MetricValue[]): Promise<void> {
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
    task: claimed.task as TaskName,
    n: all.length,
    ties: 0,
    metrics: typeof metrics === 'number' ? [averageOf(metrics, all.length)] : metrics,
  });
  const outcome = await complete(db, shard.id, claimed.token, { scores, summarise, rankingMetric: 'clevr.average' });
  if (outcome !== 'done') throw new Error(`Shard ${shard.id} was ${outcome}.`);
}

function averageOf(value: number, n: number): MetricValue {
  return { metric: 'average', value, low: value - 0.05, high: value + 0.05, chance: 0.5, n };
}

/** From submission to DONE, with one example. */
export async function finishAs(db: Database, name: string, average: number): Promise<string> {
  const { evaluationId } = await submitStored(db, name);
  await acceptAs(db, evaluationId, { examples: 1 });
  await scoreNext(db, evaluationId, average);
  return evaluationId;
}
