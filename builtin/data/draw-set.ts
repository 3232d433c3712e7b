import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PLANNER_NAMES } from './planners.ts';
import { openPool } from './pool.ts';
import type { Art, Drawn, Format, Sketch } from './set-thread.ts';

export type Progress = { done: number; total: number };

/** One picture and the files that show it. */
type Drawing = { art: Art; format: Format; files: string[] };

/** Drawings that a thread is given at once. */
const BATCH = 8;

/**
 * Draws all files of a seed below `dir` on all cores. The SHA-256 is over every name with its text or the hash of its
 * pixels, in the planners' order, whatever the order of drawing. Progress counts pictures, each once however many files
 * show it.
 */
export async function drawSet(
  dir: string,
  seed: number,
  onProgress: (progress: Progress) => void,
): Promise<{ files: number; sha256: string }> {
  const pool = openPool('set-start.mjs');
  try {
    const sketches: Sketch[] = await Promise.all(
      PLANNER_NAMES.map((planner) => pool.run({ planner, seed }, { name: 'plan' }) as Promise<Sketch>),
    );
    const texts = sketches.flatMap((sketch) => sketch.texts);
    const drawings = drawingsOf(sketches.flatMap(({ pictures }) => pictures));
    const names = [...texts.map(({ file }) => file), ...drawings.flatMap(({ files }) => files)];
    await makeFolders(dir, names);
    for (const { file, text } of texts) await writeFile(path.join(dir, file), text);
    const hash = createHash('sha256');
    for (const { file, text } of texts) hash.update(`${file}\n${text}\n`);
    const hashes = await drawAll(dir, drawings, (batch) => pool.run(batch, { name: 'draw' }), onProgress);
    for (const [i, { files }] of drawings.entries()) hash.update(`${files.join('\n')}\n${hashes[i]}\n`);
    return { files: names.length, sha256: hash.digest('hex') };
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

async function makeFolders(dir: string, names: readonly string[]): Promise<void> {
  for (const folder of new Set(names.map((name) => path.dirname(name)))) {
    await mkdir(path.join(dir, folder), { recursive: true });
  }
}

/** Draws and writes; returns the hashes of the pixels in the drawings' order. */
async function drawAll(
  dir: string,
  drawings: readonly Drawing[],
  draw: (batch: readonly Pick<Drawing, 'art' | 'format'>[]) => Promise<Drawn[]>,
  onProgress: (progress: Progress) => void,
): Promise<string[]> {
  let done = 0;
  const batches = Array.from({ length: Math.ceil(drawings.length / BATCH) }, (_, i) =>
    drawings.slice(i * BATCH, (i + 1) * BATCH),
  );
  const hashes = batches.map(async (batch) => {
    const drawn = await draw(batch.map(({ art, format }) => ({ art, format })));
    for (const [i, { files }] of batch.entries()) {
      for (const file of files) await writeFile(path.join(dir, file), drawn[i]!.bytes);
      done += 1;
      onProgress({ done, total: drawings.length });
    }
    return drawn.map(({ sha256 }) => sha256);
  });
  return (await Promise.all(hashes)).flat();
}
