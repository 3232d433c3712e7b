import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { foretellTask, taskFolder } from '@gdbench/benchmark/load';
import type { TaskName } from '@gdbench/benchmark/task';
import { drawPart, type Progress } from './draw-set.ts';
import { announcement, completeSet, readManifest, removeOthers, requireOwn, toText, withDraft } from './set-folder.ts';
import { SET_SEED, SET_SHA256, SET_VERSION } from './version.ts';

/**
 * Draws what some tasks of the built-in set need into `out`, each file as the whole set has it, so that they have the same
 * data versions. What is there already is left as it is, and `buildData` makes the set whole later.
 * @throws when `out` holds something that is not a built-in set.
 */
export async function buildPart(
  out: string,
  tasks: readonly TaskName[],
  onProgress: (progress: Progress) => void = () => {},
): Promise<void> {
  const root = path.resolve(out);
  if (await completeSet(root)) return;
  const lacking: TaskName[] = [];
  for (const task of tasks) if (!(await isDrawn(root, task))) lacking.push(task);
  if (lacking.length === 0) return;
  await requireOwn(root);
  await withDraft(root, async (write) => {
    // whoever draws the whole set at this moment has said so already
    if ((await readManifest(root))?.version !== SET_VERSION) await write('manifest.json', toText(await announcement()));
    const shown = new Map<TaskName, readonly string[]>();
    const images = async (planned: readonly string[]) => {
      // the examples of some tasks are the files of a folder, whoever put them there
      await removeOthers(root, planned, [...new Set(lacking.map(taskFolder))]);
      for (const task of lacking) shown.set(task, await imagesOf(root, task));
      return new Set([...shown.values()].flat());
    };
    const texts = await drawPart({ seed: SET_SEED, write, onProgress, tasks: lacking, images });
    for (const [task, own] of shown) {
      const ofTask = texts.filter((file) => file.startsWith(`${taskFolder(task)}/`));
      await remember(root, task, [...ofTask, ...own]);
    }
  });
}

/** The task's images by their paths from the root, as its texts and folders name them. */
async function imagesOf(root: string, task: TaskName): Promise<string[]> {
  const { examples } = await foretellTask(root, task, '');
  const paths = examples.flatMap(({ images }) => images.map((image) => path.relative(root, image.path)));
  return [...new Set(paths)].map((file) => file.replaceAll(path.sep, '/'));
}

/** Which files of a task were drawn, and of which set: beside the set's folder, in which nothing lies but the set. */
type Mark = { set: string; files: string[] };

const marksOf = (root: string): string => `${root}.parts`;
const markOf = (root: string, task: TaskName): string => path.join(marksOf(root), `${task}.json`);

async function isDrawn(root: string, task: TaskName): Promise<boolean> {
  try {
    const { set, files }: Mark = JSON.parse(await readFile(markOf(root, task), 'utf8'));
    if (set !== SET_SHA256) return false;
    await Promise.all(files.map((file) => access(path.join(root, file))));
    return true;
  } catch {
    return false;
  }
}

async function remember(root: string, task: TaskName, files: string[]): Promise<void> {
  await mkdir(marksOf(root), { recursive: true });
  const draft = `${markOf(root, task)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ set: SET_SHA256, files } satisfies Mark));
  await rename(draft, markOf(root, task));
}

/** A set that is complete has no parts. */
export async function forgetParts(root: string): Promise<void> {
  await rm(marksOf(root), { recursive: true, force: true });
}
