import { createHash } from 'node:crypto';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { EDITIONS } from '@gdbench/benchmark/known-editions';
import type { ExampleScores } from '@gdbench/benchmark/task';
import { ensureBoard } from '@gdbench/prisma/boards';
import type { Database } from '@gdbench/prisma/database';
import { accept } from '@gdbench/prisma/inspection';
import { plan } from '@gdbench/prisma/planning';
import type { ClaimedShard } from '@gdbench/prisma/shards';
import { createSubmission } from '@gdbench/prisma/submissions';
import { claim } from '@gdbench/prisma/work';
import { checkpointSha256 } from '@gdbench/storage/identity';

const REPORT: InspectionReport = {
  kind: 'diffusion',
  parameters: 1_000_000_000,
  inputSize: { width: 512, height: 512 },
  tokenLength: 77,
  protocol: 'diffusion-itm',
  predictionType: 'epsilon',
  latent: [4, 64, 64],
  files: 1,
  bytes: 1,
  checks: [],
  warnings: [],
  sha256: 'a'.repeat(64),
  inside: '',
};

const BOARD = { slug: 'bench', title: 'Bench', samples: 25, seed: 0, limit: null, rankingMetric: 'clevr.average' };

/** Pairs of a text and an image of an example, and samples of each. */
export const ROWS_AN_EXAMPLE = 2 * 25;

/** An evaluation of every task of the official edition, planned as an inspection would. @param only of these tasks alone */
export async function planOfficial(db: Database, name: string, only?: readonly string[]): Promise<void> {
  const files = [{ path: 'model.onnx', size: 1, sha256: createHash('sha256').update(name).digest('hex') }];
  const boardId = await ensureBoard(db, BOARD);
  await createSubmission(db, {
    submitter: 'anonymous',
    ...{ name, boardId, files, sha256: checkpointSha256(files) },
    storedHashes: new Set(files.map(({ sha256 }) => sha256)),
  });
  const inspection = await claim(db, { worker: 'planner', kinds: ['INSPECT'], loaded: null, onDisk: [] });
  if (inspection?.kind !== 'INSPECT') throw new Error(`Nothing to inspect of ${name}.`);
  const tasks = officialTasks().filter(({ task }) => only === undefined || only.includes(task));
  await accept(db, inspection, REPORT);
  const work = await claim(db, { worker: 'planner', kinds: ['PLAN'], loaded: null, onDisk: [] });
  if (work?.kind !== 'PLAN') throw new Error(`Nothing to plan of ${name}.`);
  await plan(db, work, { ask: work.ask, dataVersion: 'official', warnings: [], tasks });
}

function officialTasks() {
  const official = EDITIONS.find(({ name }) => name === 'official')!;
  return Object.entries(official.tasks).map(([task, { examples }]) => ({
    ...{ task, examples, dataVersion: 'official', cost: examples * ROWS_AN_EXAMPLE },
    edition: { state: 'whole', name: 'official', examples, of: examples } as const,
  }));
}

/** Any scores of a shard's examples, two texts and an image each. */
export function scoresOf({ from, to }: Pick<ClaimedShard, 'from' | 'to'>): ExampleScores[] {
  return Array.from({ length: to - from }, (_, i) => ({
    index: from + i,
    example: `example-${from + i}`,
    scores: [[Math.sin(from + i)], [Math.cos(from + i)]],
  }));
}
