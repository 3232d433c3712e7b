import { loadTask } from '@gdbench/benchmark/load';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';
import { inspectCheckpoint } from '@gdbench/workers/engine/inspect';

/* Scores some examples of clevr, in a process of its own, and tells its peak of resident memory in bytes. */

const [dir, root, count] = process.argv.slice(2);
const inspection = await inspectCheckpoint(dir!);
if (!inspection.ok) throw new Error(inspection.reason);
const data = await loadTask(root!, 'clevr');
const evaluator = await openEvaluator({
  dir: dir!,
  report: inspection.report,
  samples: 10,
  seed: 0,
  device: 'cpu',
  batch: 16,
  threads: 1,
});
await evaluator.scoreExamples(data, 0, Math.min(Number(count), data.examples.length), { errors: true, collect: false });
await evaluator.close();
process.stdout.write(String(process.resourceUsage().maxRSS * 1024));
