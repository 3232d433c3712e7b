import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { TaskData } from '@gdbench/benchmark/task';
import { type Choice, describeChoice, openEvaluator } from '@gdbench/workers/engine/evaluate';
import { drawNoise } from '@gdbench/workers/engine/noise';
import { openBare, type Searched, searchBare } from './bare.ts';
import type { BareBatch } from './bare-thread.ts';

export interface Efficiency {
  /** Median over the rounds of our rows a second over those of the bare loop. */
  readonly efficiency: number;
  readonly rounds: readonly { readonly ours: number; readonly bare: number }[];
  readonly searched: readonly Searched[];
}

const ROUNDS = 5;
const BARE_MS = 4_000;
const SAMPLES = 50;
/** Examples a round, some seconds of work, as few beside an evaluation's thousands as a bench has time for; clevr's blocks are of eight. */
const EXAMPLES = 48;
const WARM_UP_EXAMPLES = 16;
/** Rounds before the first that counts: until the job is known to be large and it has been measured how to run it, but no more. */
const WARM_UP = 40;

/**
 * Rows a second of the U-Net through scoreExamples, everything from the image file to the score included, beside those of a bare
 * loop over session.run at the setting that a search found best, in turn in one run.
 */
export async function benchEfficiency(
  dir: string,
  report: InspectionReport,
  data: TaskData,
  say: (line: string) => void,
): Promise<Efficiency> {
  const unet = path.join(dir, 'unet/model.onnx');
  const batchOf = await batches(dir, report);
  say('bare loop over session.run, settings searched:');
  const searched = await searchBare(unet, availableParallelism(), batchOf);
  for (const { batch, sessions, threads, rate } of searched)
    say(`  batch ${batch}, ${sessions} x ${threads} threads: ${rate.toFixed(0)} rows/s`);
  const best = searched[0]!;

  const choices: Choice[] = [];
  const evaluator = await openEvaluator({
    dir,
    report,
    samples: SAMPLES,
    seed: 0,
    device: 'cpu',
    onChoice: (choice) => choices.push(choice),
  });
  const bare = await openBare(unet, best);
  const rounds: { ours: number; bare: number }[] = [];
  try {
    // What is chosen at the start of a job is chosen here, for all rounds.
    for (let k = 0; k < WARM_UP && !choices.some(({ tried }) => tried.length > 0); k++)
      await evaluator.scoreExamples(data, k * WARM_UP_EXAMPLES, (k + 1) * WARM_UP_EXAMPLES);
    for (const choice of choices) say(describeChoice(choice));
    for (let round = 1; round <= ROUNDS; round++) {
      const bareRate = await bare.rate(batchOf(best.batch), BARE_MS);
      const [rows, start] = [evaluator.rowsScored, performance.now()];
      const from = WARM_UP * WARM_UP_EXAMPLES + (round - 1) * EXAMPLES;
      await evaluator.scoreExamples(data, from, from + EXAMPLES);
      const ours = (1000 * (evaluator.rowsScored - rows)) / (performance.now() - start);
      rounds.push({ ours, bare: bareRate });
      say(
        `  round ${round}: ours ${ours.toFixed(0)}, bare ${bareRate.toFixed(0)} rows/s, ${(ours / bareRate).toFixed(3)}`,
      );
    }
  } finally {
    await bare.close();
    await evaluator.close();
  }
  const ratios = rounds.map((round) => round.ours / round.bare).sort((a, b) => a - b);
  return { efficiency: ratios[Math.floor(ratios.length / 2)]!, rounds, searched };
}

/** Tensors as the engine feeds them: noise in place of x_t, which takes no more and no less time. */
async function batches(dir: string, { latent, tokenLength }: InspectionReport): Promise<(rows: number) => BareBatch> {
  if (!latent) throw new Error('the checkpoint is no diffusion model');
  const { hidden_size: width } = JSON.parse(await readFile(path.join(dir, 'text_encoder/config.json'), 'utf8'));
  const size = latent.reduce((all, dim) => all * dim, 1);
  return (rows) => {
    const hidden = [tokenLength, width as number];
    return {
      rows,
      latent,
      hidden,
      mixed: Float32Array.from(drawNoise(0, rows * size, 1).tensor(0)),
      states: Float32Array.from(drawNoise(1, rows * tokenLength * hidden[1]!, 1).tensor(0)),
      timestep: 500,
    };
  };
}
