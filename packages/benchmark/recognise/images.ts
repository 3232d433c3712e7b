import type { FaultyImage } from '../load/images.ts';
import { taskFolder } from '../load/readers.ts';
import { TASK_NAMES, type TaskName } from '../task.ts';
import { type Clue, clueToPacked, prepareRemedy } from './clue.ts';
import { filesOf, type Survey } from './survey.ts';

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const stemOf = (name: string) => name.toLowerCase().replace(/\.[^./]*$/, '');

/** How a file may stand for a missing image, the likeliest first. */
const LIKENESS = [
  { of: (name: string) => name, says: '' },
  { of: (name: string) => name.normalize('NFC'), says: ' with accents that are kept in another way' },
  { of: (name: string) => name.normalize('NFC').toLowerCase(), says: ' in another letter case' },
  { of: stemOf, says: ' under another ending' },
];

/** Sets that show the same images. */
const SHARED: Readonly<Record<string, string>> = { vg_relation: 'vg_attribution', vg_attribution: 'vg_relation' };
const SETS: ReadonlySet<string> = new Set(TASK_NAMES.map(taskFolder));

/** Where images that are missing lie instead, or what the set's folder holds in their place. */
export function clueToImages(all: Survey, task: TaskName, faulty: readonly FaultyImage[]): Clue | null {
  const missing = faulty.filter(({ kind }) => kind === 'missing').map(({ path }) => path);
  const set = taskFolder(task);
  for (const { of, says } of LIKENESS) {
    const places = placesOf(all, set, missing, of);
    const [best] = [...places].sort(([a, m], [b, n]) => Number(isWithin(b, set)) - Number(isWithin(a, set)) || n - m);
    // few of many, elsewhere: files of the same names
    if (!best || (!isWithin(best[0], set) && 2 * best[1] < missing.length)) continue;
    const [at, count] = best;
    const where = at === '' ? 'the data root itself' : `${at}/`;
    const deeper = at.startsWith(`${folderOf(missing[0]!)}/`) ? ', one folder deeper' : '';
    return {
      what: `${count} of them ${count === 1 ? 'lies' : 'lie'} in ${where}${says}${deeper}`,
      remedy: prepareRemedy(task),
    };
  }
  return clueToPacked(all, task);
}

const isWithin = (path: string, set: string) => path.toLowerCase().split('/').includes(set);

/** How many of the missing images lie in each folder; other sets have files of the same names, which are other images. */
function placesOf(
  all: Survey,
  set: string,
  missing: readonly string[],
  of: (name: string) => string,
): Map<string, number> {
  // an image of ImageCoDe has a name only together with the folder of its set
  const names = set === 'imagecode' ? 2 : 1;
  const ownName = (path: string) => of(path.split('/').slice(-names).join('/'));
  const wanted = new Map(missing.map((path) => [ownName(path), path]));
  const places = new Map<string, number>();
  for (const { path } of filesOf(all)) {
    const image = wanted.get(ownName(path));
    if (image === undefined || image === path) continue;
    const [top = ''] = path.toLowerCase().split('/');
    if (SETS.has(top) && top !== set && top !== SHARED[set]) continue;
    const folder = path.split('/').slice(0, -names).join('/');
    places.set(folder, (places.get(folder) ?? 0) + 1);
  }
  return places;
}
