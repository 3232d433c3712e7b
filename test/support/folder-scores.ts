import type { TaskData } from '@gdbench/benchmark/task';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';
import { inspectCheckpoint } from '@gdbench/workers/engine/inspect';

/** The scores of a checkpoint's folder on a task, as JSON, or why it is refused. */
export type FolderScores =
  | { readonly scores: string; readonly warnings: readonly string[] }
  | { readonly reason: string };

const PINS = { batch: 2, threads: 1, device: 'cpu', samples: 2, seed: 0 } as const;

export async function folderScores(dir: string, data: TaskData): Promise<FolderScores> {
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) return { reason: inspection.reason };
  const evaluator = await openEvaluator({ dir, report: inspection.report, ...PINS });
  try {
    const scores = await evaluator.scoreExamples(data, 0, data.examples.length);
    return { scores: JSON.stringify(scores), warnings: evaluator.warnings };
  } finally {
    await evaluator.close();
  }
}
