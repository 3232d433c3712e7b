import type { Device } from '@gdbench/workers/engine/device';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';
import { inspectCheckpoint } from '@gdbench/workers/engine/inspect';

/* Scores texts and images with a checkpoint on a device, in a process of its own, whose environment says where drivers are. */

const [dir, device, texts, ...images] = process.argv.slice(2) as [string, Device, string, ...string[]];
const inspection = await inspectCheckpoint(dir);
if (!inspection.ok) throw new Error(inspection.reason);
const evaluator = await openEvaluator({
  dir,
  report: inspection.report,
  samples: 4,
  seed: 0,
  device,
  batch: 4,
  threads: 1,
});
const shown = images.map((path) => ({ path }));
const example = { index: 0, id: 'only', texts: texts.split('|'), images: shown, cluster: '0' };
const data = { task: 'winoground', root: dir, dataVersion: 'only', examples: [example] } as const;
const [scored] = await evaluator.scoreExamples(data, 0, 1);
const { warnings } = evaluator;
await evaluator.close();
process.stdout.write(JSON.stringify({ scores: scored!.scores, warnings }));
