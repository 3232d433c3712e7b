import { commandBelow } from '../load/data-error.ts';
import { IMAGE_NAME } from '../load/entries.ts';
import { taskFolder, tasksOf } from '../load/readers.ts';
import { affinity, SETS } from '../prepare/affinity.ts';
import type { TaskName } from '../task.ts';
import { COMMON_NAMES, METADATA, type Sign, type Signs, signsOf } from './signs.ts';
import { filesOf, folderLike, type Survey, within } from './survey.ts';

/** What lies there instead of what is missing, and what to do about it: words of a sentence, both. */
export interface Clue {
  readonly what: string;
  readonly remedy: string;
}

/** Of ImageCoDe the validation set alone has answers and ten images a text. */
export const ANSWERED = 'put valid_data.json of https://github.com/McGill-NLP/diffusion-itm in its place';

/** The command that makes the official layout of whatever lies there, beside it; `ROOT` stands for the data root. */
export function prepareRemedy(task: TaskName): string {
  return `run \`npx gdbench data prepare ROOT --into ROOT-prepared --task ${tasksOf(taskFolder(task)).join(',')}\``;
}

/** What may stand for a task's files where its folder is not at its place. */
export function clueToFolder(all: Survey, task: TaskName): Clue | null {
  const folder = taskFolder(task);
  const remedy = prepareRemedy(task);
  const spelt = folderLike(all, folder);
  if (spelt !== null) return { what: `it is there as ${spelt}/, in another letter case`, remedy };
  const deeper = [...all.keys()].find((path) => path.toLowerCase().endsWith(`/${folder}`));
  if (deeper) {
    const above = deeper.slice(0, -folder.length - 1);
    const command = deeper.endsWith(`/${folder}`) ? commandBelow('npx gdbench data verify', above) : null;
    const instead = command === null ? '' : `give the folder ${above}/ instead: ${command}, or `;
    return { what: `it is there as ${deeper}/`, remedy: `${instead}${remedy}` };
  }
  return clueToTop(all, task) ?? clueToFile(all, task);
}

/** A task's files at the top: those of ARO, whose code leaves them so, or the folder of the set, given in place of the root. */
function clueToTop(all: Survey, task: TaskName): Clue | null {
  const file = METADATA[task];
  if (file === null || !hasFile(all, file)) return null;
  const isLikely = !COMMON_NAMES.has(file) || all.has('images');
  return isLikely ? { what: `${file} lies at the top of the data root`, remedy: prepareRemedy(task) } : null;
}

function hasFile(all: Survey, path: string): boolean {
  const at = path.lastIndexOf('/');
  return all.get(path.slice(0, Math.max(0, at)))?.files.includes(path.slice(at + 1)) ?? false;
}

/** The task's metadata in another place, or files by which the set is known in another form. */
export function clueToFile(all: Survey, task: TaskName): Clue | null {
  const name = METADATA[task]?.split('/').at(-1)?.toLowerCase();
  return clueAmong(all, task, name, signsOf(taskFolder(task)));
}

/** What may hold images that are missing, while the texts are where they should be. */
export function clueToPacked(all: Survey, task: TaskName): Clue | null {
  const { anywhere, within: inside } = signsOf(taskFolder(task));
  const hasImages = (sign: Sign) => sign.hasImages === true;
  return clueAmong(all, task, undefined, { anywhere: anywhere.filter(hasImages), within: inside.filter(hasImages) });
}

/** @param name in lower case, of a file that is looked for. */
function clueAmong(
  all: Survey,
  task: TaskName,
  name: string | undefined,
  { anywhere, within: inside }: Signs,
): Clue | null {
  const folder = taskFolder(task);
  const remedy = prepareRemedy(task);
  let weak: Clue | null = null;
  for (const file of filesOf(all)) {
    const isOfSet = isNamedFor(folder, file.folder);
    const isMoved = file.name.toLowerCase() === name && (isOfSet || !COMMON_NAMES.has(name));
    if (isMoved && file.path !== within(folder, METADATA[task]!))
      return { what: `it is there as ${file.path}`, remedy };
    const sign = [...anywhere, ...(isOfSet ? inside : [])].find((one) => one.name.test(file.name));
    if (sign) weak ??= { what: `${file.path} ${sign.says}`, remedy: folder === 'imagecode' ? ANSWERED : remedy };
    else if (isOfSet && isPacked(all, file))
      weak ??= {
        what: packed(all, file.folder),
        remedy: READ_IN_PLACE.test(file.name) ? remedy : `unpack it, and ${remedy}`,
      };
  }
  return weak ?? clueToPictures(all, folder, remedy);
}

/** Whether a folder, or one around it, has a name that the set goes by. */
function isNamedFor(set: string, folder: string): boolean {
  const own = SETS.find((name) => name === set);
  if (own === undefined) return false;
  const near = affinity(folder, own);
  // what is called flickr30k, to the letter, is not flickr30k_order
  return (
    near === 2 ||
    (near === 1 &&
      !folder
        .toLowerCase()
        .split('/')
        .some((name) => SETS.some((one) => one === name)))
  );
}

/** Sets whose images are found in folders, and are not named. */
const UNNAMED: ReadonlySet<string> = new Set(['pets', 'mmbias', 'genderbias']);

/** Where such a set's images lie that do not lie where they should. */
function clueToPictures(all: Survey, set: string, remedy: string): Clue | null {
  if (!UNNAMED.has(set)) return null;
  const counts = [...all].flatMap(([path, { files }]) => {
    const images = files.filter((name) => IMAGE_NAME.test(name)).length;
    return images > 0 && path.toLowerCase().split('/').includes(set) ? [{ path, images }] : [];
  });
  const [first, ...others] = counts.sort((a, b) => b.images - a.images);
  if (!first) return null;
  const more = others.length > 0 ? ` and ${others.length} other ${others.length === 1 ? 'folder' : 'folders'}` : '';
  return { what: `images lie in ${first.path}/${more}`, remedy };
}

const ARCHIVE = /\.(zip|tar|tgz|tar\.gz|tar\.bz2|tar\.xz|7z|rar)$/i;
/** Archives that need not be unpacked. */
const READ_IN_PLACE = /\.(zip|tar|tgz|tar\.gz)$/i;
/** Archives that a sentence names. */
const NAMED_AT_MOST = 5;

/** An archive beside which no folder of its name says that it was unpacked. */
function isPacked(all: Survey, { folder, name }: { folder: string; name: string }): boolean {
  const stem = name.replace(ARCHIVE, '').toLowerCase();
  return ARCHIVE.test(name) && !all.get(folder)!.folders.some((one) => one.toLowerCase() === stem);
}

function packed(all: Survey, folder: string): string {
  const names = all.get(folder)!.files.filter((name) => isPacked(all, { folder, name }));
  const paths = names.slice(0, NAMED_AT_MOST).map((name) => within(folder, name));
  const more = names.length > paths.length ? `, and ${names.length - paths.length} more` : '';
  return names.length === 1
    ? `${paths[0]} lies there and is not unpacked`
    : `${paths.join(', ')}${more} lie there and are not unpacked`;
}
