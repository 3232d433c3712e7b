import { createHash } from 'node:crypto';
import { taskFolder } from '@gdbench/benchmark/load';
import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { PLANNER_NAMES } from './planners.ts';
import { openPool } from './pool.ts';
import type { Art, Drawn, Format, Sketch } from './set-thread.ts';

export type Progress = { done: number; total: number };

export type DrawOptions = {
  seed: number;
  /** Puts a file of the set, by its path from the root, where it belongs. */
  write: (file: string, content: string | Uint8Array) => Promise<void>;
  /** Told after each picture, which counts once however many files show it. */
  onProgress: (progress: Progress) => void;
  /** Told once all texts are written, and the pictures of tasks whose examples are the files of a folder. */
  onExamples: () => void;
  /** Told of each task once all its pictures are written. */
  onTask: (task: TaskName) => void;
};

/** One picture and the files that show it. */
type Drawing = { art: Art; format: Format; files: string[] };

/** Drawings that a thread is given at once. */
const BATCH = 8;

/**
 * Draws all files of a seed on all cores, the tasks one after another in the benchmark's order. The SHA-256 is over every name
 * with its text or the hash of its pixels, in the planners' order, whatever the order of drawing.
 */
export async function drawSet(options: DrawOptions): Promise<{ files: readonly string[]; sha256: string }> {
  const pool = openPool('set-start.mjs');
  try {
    const sketches: Sketch[] = await Promise.all(
      PLANNER_NAMES.map((planner) => pool.run({ planner, seed: options.seed }, { name: 'plan' }) as Promise<Sketch>),
    );
    const texts = sketches.flatMap((sketch) => sketch.texts);
    const drawings = drawingsOf(sketches.flatMap(({ pictures }) => pictures));
    await Promise.all(texts.map(({ file, text }) => options.write(file, text)));
    const hashes = await drawAll(drawings, (batch) => pool.run(batch, { name: 'draw' }), options);
    const hash = createHash('sha256');
    for (const { file, text } of texts) hash.update(`${file}\n${text}\n`);
    for (const drawing of drawings) hash.update(`${drawing.files.join('\n')}\n${hashes.get(drawing)}\n`);
    const files = [...texts.map(({ file }) => file), ...drawings.flatMap((drawing) => drawing.files)];
    return { files, sha256: hash.digest('hex') };
  } finally {
    await pool.destroy();
  }
}

/** Equal pictures become one drawing. */
function drawingsOf(pictures: Sketch['pictures']): Drawing[] {
  const drawings = new Map<string, Drawing>();
  for (const { file, art } of pictures) {
    const format = file.endsWith('.jpg') ? 'jpg' : 'png';
    // Pixels are drawn already: nothing is saved.
    const key = 'scene' in art ? `${format} ${JSON.stringify(art.scene)}` : file;
    const known = drawings.get(key);
    if (known) known.files.push(file);
    else drawings.set(key, { art, format, files: [file] });
  }
  return [...drawings.values()];
}

/** Draws and writes; returns the hashes of the pixels. */
async function drawAll(
  drawings: readonly Drawing[],
  draw: (batch: readonly Pick<Drawing, 'art' | 'format'>[]) => Promise<Drawn[]>,
  { write, onProgress, onExamples, onTask }: DrawOptions,
): Promise<Map<Drawing, string>> {
  const hashes = new Map<Drawing, string>();
  const arrive = async (batch: readonly Drawing[]): Promise<void> => {
    const drawn = await draw(batch.map(({ art, format }) => ({ art, format })));
    for (const [i, drawing] of batch.entries()) {
      for (const file of drawing.files) await write(file, drawn[i]!.bytes);
      hashes.set(drawing, drawn[i]!.sha256);
      onProgress({ done: hashes.size, total: drawings.length });
    }
  };
  const rounds = roundsOf(drawings);
  // All are given to the threads at once, which take them in this order.
  const arrivals = rounds.map((round) => Promise.all(batchesOf(round.drawings).map(arrive)));
  for (const arrival of arrivals) arrival.catch(() => {});
  for (const [i, { tasks }] of rounds.entries()) {
    await arrivals[i];
    if (i === 0) onExamples();
    for (const task of tasks) onTask(task);
  }
  return hashes;
}

type Round = { drawings: Drawing[]; tasks: readonly TaskName[] };

/**
 * What is drawn in turn, each drawing once: first what planning has drawn already, which are the pictures of the tasks whose
 * examples are the files of a folder, then a folder of tasks after another. A round's tasks are complete with it.
 */
function roundsOf(drawings: readonly Drawing[]): Round[] {
  const left = new Set(drawings);
  const take = (isIn: (drawing: Drawing) => boolean): Drawing[] => {
    const taken = [...left].filter(isIn);
    for (const drawing of taken) left.delete(drawing);
    return taken;
  };
  const first: Round = { drawings: take(({ art }) => 'pixels' in art), tasks: [] };
  const rest = [...new Set(TASK_NAMES.map(taskFolder))].map((folder) => ({
    drawings: take(({ files }) => files.some((file) => file.startsWith(`${folder}/`))),
    tasks: TASK_NAMES.filter((task) => taskFolder(task) === folder),
  }));
  return [first, ...rest];
}

function batchesOf(drawings: readonly Drawing[]): Drawing[][] {
  return Array.from({ length: Math.ceil(drawings.length / BATCH) }, (_, i) =>
    drawings.slice(i * BATCH, (i + 1) * BATCH),
  );
}
