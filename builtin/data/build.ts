import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { planClevr } from './clevr.ts';
import { planEmblems } from './emblems.ts';
import { PHRASES } from './phrases.ts';
import { renderEmblem } from './plaque.ts';
import { encodePng } from './png.ts';
import { render, SIDE } from './raycast.ts';
import { SET_NAME, SET_SEED, SET_VERSION } from './version.ts';
import { planWinoground } from './winoground.ts';

/** What a finished set says of itself; `sha256` covers texts and pixels, not PNG compression. */
export type Manifest = {
  name: string;
  version: string;
  seed: number;
  side: number;
  counts: {
    clevr: { images: number; captions: Record<string, number> };
    winoground: { examples: number; images: number };
    mmbias: { images: number; phrases: number };
  };
  files: number;
  sha256: string;
};

export type Progress = { stage: 'clevr' | 'winoground' | 'mmbias'; done: number; total: number };
export type BuildOptions = { seed?: number; onProgress?: (progress: Progress) => void };

type Text = { file: string; text: string };
type Picture = { file: string; stage: Progress['stage']; draw: () => Uint8Array };

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

/** The folder of the built-in set below a state folder: GDBENCH_HOME, else `.gdbench`, seen from the repository's root. */
export function builtinDataRoot(home: string = process.env.GDBENCH_HOME || '.gdbench'): string {
  return path.resolve(REPOSITORY, home, 'data', `${SET_NAME}-${SET_VERSION}`);
}

/**
 * Draws the built-in set in GDBench's official layout into `out`. A complete set of this version and seed is left as it
 * is; the folder appears only when whole, so that an interrupted build leaves nothing half done.
 * @throws when `out` holds something that is not a built-in set.
 */
export async function buildData(out: string, options: BuildOptions = {}): Promise<Manifest> {
  const seed = options.seed ?? SET_SEED;
  const root = path.resolve(out);
  const present = await readManifest(root);
  if (present && (await isComplete(root, present, seed))) return present;
  if (!present && existsSync(root) && (await readdir(root)).length > 0) {
    throw new Error(`${root} is not empty and holds no built-in data set: choose another folder or empty this one.`);
  }
  const draft = `${root}.draft-${process.pid}`;
  try {
    const manifest = await drawSet(draft, seed, options.onProgress ?? (() => {}));
    await moveInto(draft, root, seed);
    return manifest;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function moveInto(draft: string, root: string, seed: number): Promise<void> {
  const old = `${draft}-old`;
  if (existsSync(root)) {
    // Another process may have finished the same set meanwhile: then its work stands.
    const present = await readManifest(root);
    if (present && (await isComplete(root, present, seed))) return;
    await rename(root, old);
  }
  try {
    await rename(draft, root);
  } catch (error) {
    const present = await readManifest(root);
    if (!present || !(await isComplete(root, present, seed))) throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function drawSet(dir: string, seed: number, onProgress: (p: Progress) => void): Promise<Manifest> {
  const clevr = planClevr(seed);
  const winoground = planWinoground(seed);
  const emblems = planEmblems(seed);
  const texts: Text[] = CLEVR_SUBTASKS.map((subtask) => ({
    file: `clevr/captions/${subtask}.json`,
    text: JSON.stringify(Object.fromEntries(clevr.map((item) => [item.file, item.captions[subtask]]))),
  }));
  texts.push({
    file: 'winoground/data.json',
    text: JSON.stringify(
      winoground.map((i) => i.row),
      null,
      4,
    ),
  });
  texts.push({ file: 'mmbias/textual_phrases.txt', text: JSON.stringify(PHRASES) });
  const pictures: Picture[] = [
    ...clevr.map((i): Picture => ({ file: `clevr/images/${i.file}`, stage: 'clevr', draw: () => render(i.scene) })),
    ...winoground.flatMap((i) =>
      i.scenes.map(
        (scene, k): Picture => ({
          file: `winoground/images/ex_${i.row.id}_img_${k}.png`,
          stage: 'winoground',
          draw: () => render(scene),
        }),
      ),
    ),
    ...emblems.map(
      (i): Picture => ({
        file: `mmbias/data/Images/Emblem/${i.file}`,
        stage: 'mmbias',
        draw: () => renderEmblem(i.emblem),
      }),
    ),
  ];
  const sha256 = await writeSet(dir, texts, pictures, onProgress);
  const manifest: Manifest = {
    name: SET_NAME,
    version: SET_VERSION,
    seed,
    side: SIDE,
    counts: {
      clevr: {
        images: clevr.length,
        captions: Object.fromEntries(
          CLEVR_SUBTASKS.map((s) => [s, clevr.reduce((n, i) => n + i.captions[s].length, 0)]),
        ),
      },
      winoground: { examples: winoground.length, images: winoground.length * 2 },
      mmbias: { images: emblems.length, phrases: PHRASES.pleasant_phrases.length + PHRASES.unpleasant_phrases.length },
    },
    files: texts.length + pictures.length,
    sha256,
  };
  await writeFile(path.join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Writes all files and returns the SHA-256 of every name with its text or raw pixels, in order. */
async function writeSet(
  dir: string,
  texts: Text[],
  pictures: Picture[],
  onProgress: (p: Progress) => void,
): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of new Set([...texts, ...pictures].map((f) => path.dirname(f.file)))) {
    await mkdir(path.join(dir, folder), { recursive: true });
  }
  for (const { file, text } of texts) {
    hash.update(`${file}\n${text}\n`);
    await writeFile(path.join(dir, file), text);
  }
  const totals = new Map<string, number>();
  for (const p of pictures) totals.set(p.stage, (totals.get(p.stage) ?? 0) + 1);
  const done = new Map<string, number>();
  for (const picture of pictures) {
    const pixels = picture.draw();
    hash.update(`${picture.file}\n`).update(pixels);
    await writeFile(path.join(dir, picture.file), await encodePng(pixels));
    const n = (done.get(picture.stage) ?? 0) + 1;
    done.set(picture.stage, n);
    onProgress({ stage: picture.stage, done: n, total: totals.get(picture.stage)! });
  }
  return hash.digest('hex');
}

async function readManifest(root: string): Promise<Manifest | null> {
  try {
    const value = JSON.parse(await readFile(path.join(root, 'manifest.json'), 'utf8')) as Partial<Manifest>;
    return value.name === SET_NAME && typeof value.files === 'number' ? (value as Manifest) : null;
  } catch {
    return null;
  }
}

async function isComplete(root: string, manifest: Manifest, seed: number): Promise<boolean> {
  if (manifest.version !== SET_VERSION || manifest.seed !== seed) return false;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).length === manifest.files + 1;
}

const FAULTS: Record<string, string> = {
  ENOTDIR: 'a part of that path is a file; choose another folder',
  EACCES: 'this user may not write there; choose another folder or change its owner',
  EROFS: 'that disk is read-only; choose another folder',
  ENOSPC: 'the disk is full; free about 4 MB',
};

/** One sentence for a person: what went wrong where, and what to do. */
function explain(error: unknown): string {
  const { code, path: where, message } = error as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : FAULTS[code];
  return remedy === undefined ? message : `cannot write the data set to ${where}: ${remedy}.`;
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.length > 1 || args[0]?.startsWith('-')) {
    console.log(`Usage: npm run data:build -- [OUT]\nDraws the built-in data set (default ${builtinDataRoot()}).`);
    return args.includes('--help') ? 0 : 2;
  }
  const out = args[0] ?? builtinDataRoot();
  const started = Date.now();
  let drawn = 0;
  const manifest = await buildData(out, {
    onProgress: ({ stage, done, total }) => {
      drawn += 1;
      if (done === total || done % 20 === 0) console.log(`data: ${stage} ${done} of ${total} images`);
    },
  });
  const how = drawn === 0 ? 'already complete' : `drawn in ${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(`data: ${manifest.name}-${manifest.version}, ${manifest.files} files, ${how}: ${path.resolve(out)}`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(`data:build: ${explain(error)}`);
      process.exitCode = 1;
    },
  );
}
