import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { listTasks, loadTask } from '@gdbench/benchmark/load';
import type { TaskData } from '@gdbench/benchmark/task';
import { buildData } from '@gdbench/builtin/data';
import { builtinDataRoot } from '@gdbench/builtin/data/root';
import { readSettings } from '@gdbench/settings/settings';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';
import { inspectCheckpoint } from '@gdbench/workers/engine/inspect';
import { benchAdaptive, describeAdaptive } from './adaptive.ts';
import { countWork, type TaskCounts } from './counts.ts';
import { benchEfficiency } from './efficiency.ts';
import { peakMemory } from './memory.ts';

/*
 * npm run bench:engine: what the engine saves and what it costs beside ONNX Runtime alone, on the built-in diffusion checkpoint
 * and data (or GDBENCH_DATA). With --json the last line is one object.
 */

const DIR = fileURLToPath(new URL('../builtin/checkpoints/toy-ldm', import.meta.url));
const say = (line = '') => process.stdout.write(`${line}\n`);

const ADAPTIVE_SAMPLES = 250;
const ADAPTIVE_SECONDS = 90;
/** Examples of clevr; the second run is four times the first. */
const MEMORY_SIZES = [100, 400] as const;

async function main(): Promise<void> {
  const root = await dataRoot();
  const inspection = await inspectCheckpoint(DIR);
  if (!inspection.ok) throw new Error(inspection.reason);
  const { report } = inspection;
  const tasks: TaskData[] = [];
  for (const { task, runnable } of await listTasks(root)) if (runnable) tasks.push(await loadTask(root, task));
  const clevr = tasks.find(({ task }) => task === 'clevr');
  if (!clevr)
    throw new Error(`${root} holds no clevr, which this bench scores; leave GDBENCH_DATA out for the built-in data.`);

  say('1. Work: rows through the sessions, beside the published loop\n');
  const counts: TaskCounts[] = [];
  for (const data of tasks) counts.push(await countWork(DIR, report, data));
  const rowsSaved = showCounts(counts);

  say('\n2. Efficiency: U-Net rows a second, end to end, over a bare loop\n');
  const { efficiency } = await benchEfficiency(DIR, report, clevr, say);
  say(`efficiency ${efficiency.toFixed(3)} (0.95 wanted)`);

  say('\n3. Memory: peak of a process at two sizes of one task\n');
  const peaks: number[] = [];
  for (const examples of MEMORY_SIZES) {
    peaks.push(await peakMemory(DIR, root, examples));
    say(`${examples} examples of clevr: ${(peaks.at(-1)! / 2 ** 20).toFixed(0)} MiB`);
  }
  say(`${(peaks[1]! / peaks[0]!).toFixed(2)} times the memory for 4 times the examples`);

  say('\n4. Adaptive sampling beside the full budget\n');
  const adaptive = await adaptivePart(report, root);
  say();
  if (process.argv.includes('--json')) say(JSON.stringify({ efficiency, rowsSaved, adaptive }));
}

async function adaptivePart(report: InspectionReport, root: string) {
  const evaluator = await openEvaluator({ dir: DIR, report, samples: ADAPTIVE_SAMPLES, seed: 0, device: 'cpu' });
  try {
    const bench = await benchAdaptive({ evaluator, root, seconds: ADAPTIVE_SECONDS });
    say(describeAdaptive(bench));
    const { agreement, rowsSaved, rowsSavedOnPairs } = bench;
    return { agreement, rowsSaved, rowsSavedOnPairs };
  } finally {
    await evaluator.close();
  }
}

/** @returns U-Net rows of the published loop over ours, over all tasks whole. */
function showCounts(counts: readonly TaskCounts[]): number {
  say('examples run, 4 samples each; ours = the fewest that will do');
  say(['task', 'examples', 'U-Net', 'VAE', 'text', 'published U-Net', 'VAE', 'text', 'whole task'].join('\t'));
  let [published, ours] = [0, 0];
  for (const { task, run, whole } of counts) {
    for (const part of ['unet', 'vae', 'text'] as const) {
      // One more text: the empty one is encoded when the checkpoint is opened.
      if (run.ours[part] !== run.fewest[part])
        throw new Error(`${task}: ${run.ours[part]} ${part} rows were run, but ${run.fewest[part]} will do`);
    }
    const shown = [
      run.ours.unet,
      run.ours.vae,
      run.ours.text,
      run.published.unet,
      run.published.vae,
      run.published.text,
    ];
    const ratio = whole.published.unet / whole.fewest.unet;
    say([task, run.examples, ...shown, `${ratio.toFixed(2)} times fewer U-Net rows`].join('\t'));
    published += whole.published.unet;
    ours += whole.fewest.unet;
  }
  say(`all tasks, whole: ${(published / ours).toFixed(2)} times fewer U-Net rows than the published loop`);
  return published / ours;
}

async function dataRoot(): Promise<string> {
  const given = readSettings(['GDBENCH_DATA']).GDBENCH_DATA;
  if (given) return path.resolve(given);
  const root = builtinDataRoot();
  await access(root).catch(async () => {
    say('Drawing the built-in data.');
    await buildData(root);
  });
  return root;
}

await main();
