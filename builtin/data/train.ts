import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PLAIN_SYLLABUS, type Syllabus } from './lessons.ts';
import { openPool } from './pool.ts';
import { SIDE } from './raycast.ts';
import type { Lesson, Taught } from './train-thread.ts';
import { SET_VERSION } from './version.ts';

/** Examples that a thread makes at once. */
const BATCH = 16;

/**
 * Makes a training set on all cores and writes it into `out`: `images.u8` (count x 64 x 64 x 3 bytes, RGB, rows from the top), `items.jsonl` (a
 * line an image: its kind, and captions that are all true of it, each with hard texts that are false) and `train.json`. It
 * holds no scene of two or more solids whose contents belong to test sets (see contents.ts).
 */
export async function writeTrainSet(
  out: string,
  count: number,
  seed: number,
  syllabus: Syllabus = PLAIN_SYLLABUS,
  onProgress: (done: number) => void = () => {},
): Promise<{ sha256: string }> {
  await mkdir(out, { recursive: true });
  const hash = createHash('sha256');
  const images = createWriteStream(path.join(out, 'images.u8.part'));
  const lines: string[] = [];
  const pool = openPool('./train-thread.ts');
  try {
    const starts = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => i * BATCH);
    // Begun in order, and awaited in order.
    const batches = starts.map((from): Promise<Taught> => {
      const lesson: Lesson = { seed, from, count: Math.min(BATCH, count - from), syllabus };
      return pool.run(lesson, { name: 'teach' });
    });
    for (const batch of batches) {
      for (const { pixels, line } of await batch) {
        hash.update(pixels).update(line);
        lines.push(line);
        if (!images.write(pixels)) await once(images, 'drain');
        onProgress(lines.length);
      }
    }
  } finally {
    await pool.destroy();
  }
  images.end();
  await once(images, 'close');
  const sha256 = hash.digest('hex');
  await rename(path.join(out, 'images.u8.part'), path.join(out, 'images.u8'));
  await writeFile(path.join(out, 'items.jsonl'), `${lines.join('\n')}\n`);
  const about = { set: SET_VERSION, count, seed, ...syllabus, width: SIDE, height: SIDE, channels: 3, sha256 };
  await writeFile(path.join(out, 'train.json'), `${JSON.stringify(about, null, 2)}\n`);
  return { sha256 };
}

const USAGE =
  'Usage: node builtin/data/train.ts OUT [--count 4000] [--seed 0] [--emblems 0.05] [--skew 0] [--relief 0]';

async function main(args: string[]): Promise<number> {
  let parsed: {
    values: { count: string; seed: string; emblems: string; skew: string; relief: string; help: boolean };
    positionals: string[];
  };
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        count: { type: 'string', default: '4000' },
        seed: { type: 'string', default: '0' },
        emblems: { type: 'string', default: String(PLAIN_SYLLABUS.emblems) },
        skew: { type: 'string', default: String(PLAIN_SYLLABUS.skew) },
        relief: { type: 'string', default: String(PLAIN_SYLLABUS.relief) },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (parsed.values.help) {
    console.log(USAGE);
    return 0;
  }
  const out = parsed.positionals[0];
  const count = Number(parsed.values.count);
  const seed = Number(parsed.values.seed);
  const { emblems, skew, relief } = parsed.values;
  const syllabus: Syllabus = { emblems: Number(emblems), skew: Number(skew), relief: Number(relief) };
  if (
    !out ||
    parsed.positionals.length > 1 ||
    !Number.isInteger(count) ||
    count < 1 ||
    !Number.isInteger(seed) ||
    !Object.values(syllabus).every((share) => share >= 0 && share <= 1)
  ) {
    console.error(
      `train: give one folder, a count of at least 1, a whole-numbered seed, and shares (emblems, skew, relief) from 0 to 1.\n${USAGE}`,
    );
    return 2;
  }
  const started = performance.now();
  await writeTrainSet(out, count, seed, syllabus, (done) => {
    if (done % 500 === 0 || done === count) {
      const rate = (done / (performance.now() - started)) * 1000;
      console.log(`train: ${done} of ${count} scenes (${rate.toFixed(0)} a second)`);
    }
  });
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(`train: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    },
  );
}
