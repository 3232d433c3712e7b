import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TaskData } from '@gdbench/benchmark/task';
import { openEvaluator } from '@gdbench/workers/engine/evaluate';
import { inspectCheckpoint } from '@gdbench/workers/engine/inspect';
import { encoderSha256 } from './encoder.ts';
import { flickrImages, type Told } from './flickr-images.ts';
import { hashOf, NEAREST_FILE, rankNearest } from './nearest.ts';
import { encodePng } from './png.ts';
import { render } from './raycast.ts';
import { SET_SEED } from './version.ts';

// Run by hand, whenever the images or captions of flickr30k or the checkpoint change, or to rank by another dual encoder:
// node builtin/data/rank.ts [CHECKPOINT]

const DEFAULT_CHECKPOINT = path.resolve(import.meta.dirname, '../checkpoints/toy-clip');

/** Scores of all captions, counted through all images, against all images: [caption][image]. */
async function scoresOf(dir: string, images: readonly Told[]): Promise<readonly (readonly number[])[]> {
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) throw new Error(inspection.reason);
  if (inspection.report.kind !== 'dual-encoder') {
    throw new Error(`${dir} holds a ${inspection.report.kind}: give the folder of a dual encoder.`);
  }
  const root = await mkdtemp(path.join(tmpdir(), 'gdbench-rank-'));
  // One batch size and one thread, so that the lists are the same to the index wherever they are made.
  const options = {
    dir,
    report: inspection.report,
    samples: 1,
    seed: 0,
    device: 'cpu',
    batch: 16,
    threads: 1,
  } as const;
  const evaluator = await openEvaluator(options);
  try {
    const [scored] = await evaluator.scoreExamples(await asOneExample(root, images), 0, 1);
    return scored!.scores;
  } finally {
    await evaluator.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** The images, drawn below a folder, and all their captions. */
async function asOneExample(root: string, images: readonly Told[]): Promise<TaskData> {
  const drawn = images.map(({ file, scene, captions }) => ({ path: path.join(root, file), scene, captions }));
  for (const { path: file, scene } of drawn) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, encodePng(render(scene)));
  }
  const texts = images.flatMap(({ captions }) => captions);
  const example = { index: 0, id: 'all', cluster: 'all', texts, images: drawn.map((image) => ({ path: image.path })) };
  return { task: 'flickr30k_image', root, dataVersion: hashOf(images).slice(0, 16), examples: [example] };
}

async function main(dir: string): Promise<void> {
  const images = flickrImages(SET_SEED);
  const scores = await scoresOf(dir, images);
  const encoder = { name: path.basename(dir), sha256: await encoderSha256(dir) };
  const nearest = rankNearest(images, scores, encoder);
  await writeFile(NEAREST_FILE, `${JSON.stringify(nearest, null, 2)}\n`);
  console.log(`${path.relative(process.cwd(), NEAREST_FILE)}: ${images.length} images, ranked by ${nearest.encoder}`);
}

main(path.resolve(process.argv[2] ?? DEFAULT_CHECKPOINT)).catch((error: unknown) => {
  console.error(`rank: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
