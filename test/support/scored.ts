import type { Protocol } from '@gdbench/benchmark/protocol';
import { summarise } from '@gdbench/benchmark/summarise';
import type { ExampleScores, TaskData } from '@gdbench/benchmark/task';
import type { Database } from '@gdbench/prisma/database';
import { accept, claimInspection } from '@gdbench/prisma/inspection';
import { claim, complete } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { sha256, wholeOf } from './drive.ts';
import { reportFor } from './report.ts';

/** A task's data with a score of every example. */
export interface ScoredTask {
  readonly data: TaskData;
  readonly scores: readonly ExampleScores[];
}

interface Scoring {
  readonly protocol?: Protocol;
  readonly samples?: number;
  readonly seed?: number;
  readonly limit?: number | null;
}

/** Scores of every example, each by `score`. */
export function scoresOf(
  { examples }: Pick<TaskData, 'examples'>,
  score: (example: TaskData['examples'][number], text: number, image: number) => number,
): ExampleScores[] {
  return examples.map((example) => ({
    index: example.index,
    example: example.id,
    scores: example.texts.map((_, text) => example.images.map((_, image) => score(example, text, image))),
  }));
}

/** The sha256 that the checkpoint of this name gets. */
export const sha256Of = (name: string): string => checkpointSha256(filesOf(name));

const filesOf = (name: string) => [{ path: 'model.onnx', size: 3, sha256: sha256(name) }];

/** A submission that is DONE with these scores, summarised as a worker does; one shard a task. */
export async function scored(
  db: Database,
  name: string,
  tasks: readonly ScoredTask[],
  { protocol = 'cosine', samples = 5, seed = 0, limit = null }: Scoring = {},
): Promise<{ submissionId: string; evaluationId: string }> {
  const files = filesOf(name);
  const ids = await createSubmission(db, {
    name,
    files,
    sha256: checkpointSha256(files),
    samples,
    seed,
    limit,
    storedHashes: new Set(files.map((file) => file.sha256)),
  });
  await plan(db, ids.evaluationId, tasks, protocol);
  const shards = await db.prisma.shard.findMany({ where: { evaluationId: ids.evaluationId } });
  for (const { id, task } of shards) {
    const { data, scores } = tasks.find((one) => one.data.task === task)!;
    const claimed = await claim(db, id, 'test');
    const outcome = await complete(db, id, claimed!.token, {
      scores,
      summarise: (all) => summarise(data, all),
      rankingMetric: 'clevr.average',
    });
    if (outcome !== 'done') throw new Error(`Shard ${id} was ${outcome}.`);
  }
  return ids;
}

async function plan(
  db: Database,
  evaluationId: string,
  tasks: readonly ScoredTask[],
  protocol: Protocol,
): Promise<void> {
  const inspection = await claimInspection(db, evaluationId, 'test');
  await accept(db, evaluationId, inspection!.token, {
    report: reportFor(protocol, { parameters: 1_234_567 }),
    protocol,
    warnings: [],
    tasks: tasks.map(({ data: { task, dataVersion, examples } }) => ({
      task,
      dataVersion,
      examples: examples.length,
      edition: wholeOf(examples.length),
      shards: [{ from: 0, to: examples.length, cost: examples.length }],
    })),
  });
}
