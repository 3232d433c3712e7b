import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { type Example, imageKey, type TaskData } from '@gdbench/benchmark/task';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';

/** How often each part of a diffusion model works, in rows. */
export interface Work {
  readonly unet: number;
  readonly vae: number;
  readonly text: number;
}

export interface TaskCounts {
  readonly task: string;
  readonly samples: number;
  /** Of the examples that were run: what went through the sessions, the fewest that will do, and the published loop's. */
  readonly run: { readonly examples: number; readonly ours: Work; readonly fewest: Work; readonly published: Work };
  /** Of the whole task. */
  readonly whole: { readonly examples: number; readonly fewest: Work; readonly published: Work };
}

const SAMPLES = 4;
/** Pairs of a task that are run. */
const PAIRS = 48;

/** Counts what goes through ONNX Runtime's sessions for the first examples of a task, under diffusion-itm. */
export async function countWork(dir: string, report: InspectionReport, data: TaskData): Promise<TaskCounts> {
  const some = firstOf(data);
  const evaluator = await openEvaluator({
    dir,
    report,
    samples: SAMPLES,
    seed: 0,
    device: 'cpu',
    batch: 16,
    threads: 1,
  });
  try {
    // The graph is timed once at the first call; that is no part of the work.
    await evaluator.scoreExamples(some, 0, 0);
    const before = workOf(evaluator.counts);
    await evaluator.scoreExamples(some, 0, some.examples.length);
    const after = workOf(evaluator.counts);
    // The empty text is encoded when the checkpoint is opened, and is part of the work.
    const ours = { unet: after.unet - before.unet, vae: after.vae - before.vae, text: after.text };
    const both = (examples: readonly Example[]) => ({
      examples: examples.length,
      fewest: fewest(examples, SAMPLES),
      published: published(examples, SAMPLES),
    });
    return { task: data.task, samples: SAMPLES, run: { ...both(some.examples), ours }, whole: both(data.examples) };
  } finally {
    await evaluator.close();
  }
}

function firstOf(data: TaskData): TaskData {
  let pairs = 0;
  const examples: Example[] = [];
  for (const example of data.examples) {
    pairs += example.texts.length * example.images.length;
    if (examples.length > 0 && pairs > PAIRS) break;
    examples.push(example);
  }
  return { ...data, examples };
}

function workOf(counts: Readonly<Record<string, { rows: number }>>): Work {
  const rows = (part: string) =>
    Object.entries(counts).reduce((sum, [file, count]) => (file.startsWith(part) ? sum + count.rows : sum), 0);
  return { unet: rows('unet/'), vae: rows('vae_encoder/'), text: rows('text_encoder/') };
}

/** One encoding an image and a text, the empty one too, one error a pair and sample, one of the empty text an image and sample. */
function fewest(examples: readonly Example[], samples: number): Work {
  const images = new Set(examples.flatMap((example) => example.images.map(imageKey)));
  const texts = new Set(['', ...examples.flatMap((example) => example.texts)]);
  const pairs = examples.reduce(
    (sum, example) => sum + new Set(example.texts).size * new Set(example.images.map(imageKey)).size,
    0,
  );
  return { unet: samples * (pairs + images.size), vae: images.size, text: texts.size };
}

/** The published loop: for every pair the text and the empty text, and at every timestep both errors and the image's encoding. */
function published(examples: readonly Example[], samples: number): Work {
  const pairs = examples.reduce((sum, { texts, images }) => sum + texts.length * images.length, 0);
  return { unet: 2 * samples * pairs, vae: samples * pairs, text: 2 * pairs };
}
