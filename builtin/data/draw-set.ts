import { createHash } from 'node:crypto';
import { taskFolder } from '@gdbench/benchmark/load';
import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import type { Tinypool } from 'tinypool';
import { foldersOf, PLANNER_NAMES } from './planners.ts';
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

/** Of a set of which a part is drawn. */
export type PartOptions = Pick<DrawOptions, 'seed' | 'write' | 'onProgress'> & {
  tasks: readonly TaskName[];
  /** Asked once the tasks' examples can be read, with all files that their folders are to hold: the images that they show. */
  images: (planned: readonly string[]) => Promise<ReadonlySet<string>>;
};

/** One picture and the files that show it. */
type Drawing = { art: Art; format: Format; files: string[] };

/** Drawings that a thread is given at once. */
const BATCH = 8;

/**
 * Draws all files of a seed on all cores, the tasks one after another in the benchmark's order. The SHA-256 is over every name
 * with its text or the hash of its pixels, in the planners' order, whatever the order of drawing.
 */
export function drawSet(options: DrawOptions): Promise<{ files: readonly string[]; sha256: string }> {
  return withPool(async (pool) => {
    const { texts, drawings, files } = await planned(pool, options, new Set(TASK_NAMES.map(taskFolder)));
    const hashes = new Map<Drawing, string>();
    const come = arrivals(pool, options, (drawing, sha256) => {
      hashes.set(drawing, sha256);
      options.onProgress({ done: hashes.size, total: drawings.length });
    });
    // All are given to the threads at once, which take them in this order.
    const rounds = roundsOf(drawings).map((round) => ({ ...round, come: come(round.drawings) }));
    for (const round of rounds) round.come.catch(() => {});
    for (const [i, round] of rounds.entries()) {
      await round.come;
      if (i === 0) options.onExamples();
      for (const task of round.tasks) options.onTask(task);
    }
    const hash = createHash('sha256');
    for (const { file, text } of texts) hash.update(`${file}\n${text}\n`);
    for (const drawing of drawings) hash.update(`${drawing.files.join('\n')}\n${hashes.get(drawing)}\n`);
    return { files, sha256: hash.digest('hex') };
  });
}

/** Draws the texts of some tasks' folders, and the pictures that these tasks show; gives the names of the texts. */
export function drawPart({ tasks, images, ...options }: PartOptions): Promise<string[]> {
  return withPool(async (pool) => {
    const { texts, drawings, files } = await planned(pool, options, new Set(tasks.map(taskFolder)));
    let [done, total] = [0, 0];
    const come = arrivals(pool, options, () => {
      done += 1;
      if (total > 0) options.onProgress({ done, total });
    });
    const [first, ...rest] = roundsOf(drawings);
    await come(first.drawings);
    const shown = await images(files);
    const left = rest.flatMap((round) => round.drawings).filter((one) => one.files.some((file) => shown.has(file)));
    total = done + left.length;
    options.onProgress({ done, total });
    await come(left);
    return texts.map(({ file }) => file);
  });
}

async function withPool<T>(work: (pool: Tinypool) => Promise<T>): Promise<T> {
  const pool = openPool('./set-thread.ts');
  try {
    return await work(pool);
  } finally {
    await pool.destroy();
  }
}

/** Plans what these folders hold, and writes the texts. */
async function planned(
  pool: Tinypool,
  { seed, write }: Pick<DrawOptions, 'seed' | 'write'>,
  folders: ReadonlySet<string>,
): Promise<{ texts: Sketch['texts']; drawings: Drawing[]; files: string[] }> {
  const planners = PLANNER_NAMES.filter((planner) => foldersOf(planner).some((folder) => folders.has(folder)));
  const sketches: Sketch[] = await Promise.all(
    planners.map((planner) => pool.run({ planner, seed }, { name: 'plan' }) as Promise<Sketch>),
  );
  const isWanted = ({ file }: { file: string }) => folders.has(file.slice(0, file.indexOf('/')));
  const texts = sketches.flatMap((sketch) => sketch.texts).filter(isWanted);
  const drawings = drawingsOf(sketches.flatMap(({ pictures }) => pictures).filter(isWanted));
  await Promise.all(texts.map(({ file, text }) => write(file, text)));
  return { texts, drawings, files: [...texts.map(({ file }) => file), ...drawings.flatMap((one) => one.files)] };
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

/** What draws some pictures and writes their files; `onDrawn` hears of each, with the hash of its pixels. */
function arrivals(
  pool: Tinypool,
  { write }: Pick<DrawOptions, 'write'>,
  onDrawn: (drawing: Drawing, sha256: string) => void,
): (drawings: readonly Drawing[]) => Promise<unknown> {
  const arrive = async (batch: readonly Drawing[]): Promise<void> => {
    const arts = batch.map(({ art, format }) => ({ art, format }));
    const drawn: Drawn[] = await pool.run(arts, { name: 'draw' });
    for (const [i, drawing] of batch.entries()) {
      for (const file of drawing.files) await write(file, drawn[i]!.bytes);
      onDrawn(drawing, drawn[i]!.sha256);
    }
  };
  return (drawings) => Promise.all(batchesOf(drawings).map(arrive));
}

type Round = { drawings: Drawing[]; tasks: readonly TaskName[] };

/**
 * What is drawn in turn, each drawing once: first what planning has drawn already, which are the pictures of the tasks whose
 * examples are the files of a folder, then a folder of tasks after another. A round's tasks are complete with it.
 */
function roundsOf(drawings: readonly Drawing[]): [Round, ...Round[]] {
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
