import pMap from 'p-map';
import { z } from 'zod';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import { entriesIn, imagesAmong } from './entries.ts';
import { caption, readJson, whole } from './files.ts';
import { frameNumbers } from './frames.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask, UnreadFile } from './official-task.ts';

const PATH = 'imagecode/valid_data.json';
const SETS = 'imagecode/image-sets';
const KEEP_TEN = 'leave there the ten of image-sets.zip of https://zenodo.org/record/6518944';
/** Images of a set. */
const CANDIDATES = 10;
const LISTED_AT_ONCE = 16;

/** {set: {index: text}}; the right image of a text is the one at its index. */
const Sets = z.record(z.string(), z.record(z.string().regex(/^[0-9]$/, 'an index is 0 to 9'), caption));

/**
 * Every text of the static sets, whose name holds `open-images`, or of the others, which are frames of videos, against the
 * ten images of its set. Sets in the file's order, within a set by index.
 *
 * The unit is the set: its texts are asked of the same ten images.
 */
export function readImagecode(task: 'imagecode' | 'imagecode_video'): (root: string) => Promise<OfficialTask> {
  return async (root) => {
    const { metadata, value } = await readJson(task, root, PATH, Sets);
    const sets = Object.entries(value).filter(([set]) => set.includes('open-images') === (task === 'imagecode'));
    const found = await pMap(sets, ([set]) => imagesOf(task, root, set), { concurrency: LISTED_AT_ONCE });
    const examples = sets.flatMap(([set, texts], i) =>
      Object.keys(texts)
        .sort()
        .map((index): OfficialExample => {
          const right = Number(index);
          const id = `${set}/${index}`;
          return { id, texts: [texts[index]!], images: found[i]!.images.map(whole), right, cluster: set };
        }),
    );
    if (examples.length === 0) throw new DataError(task, PATH, 'contents', 'holds no texts of this task');
    return { metadata: [metadata], examples, unread: found.flatMap(({ unread }) => unread) };
  };
}

const IMAGE = /^img(0|[1-9]\d{0,8})\.jpg$/;

/**
 * The ten images of a set in the order of their numbers. Where some are missing they are named as far as the numbers of the others
 * tell theirs; one of which they do not tell is named `img<n>.jpg`, with its place among the ten.
 */
async function imagesOf(
  task: TaskName,
  root: string,
  set: string,
): Promise<{ images: string[]; unread: UnreadFile[] }> {
  const folder = imagePath(task, PATH, SETS, set);
  if (set.includes('/'))
    throw new DataError(task, PATH, 'contents', `names the set ${set}, which is not the name of a folder`);
  const { images, unread } = imagesAmong(folder, await entriesIn(task, root, folder), (name) =>
    IMAGE.test(name) ? null : 'is not named img<n>.jpg',
  );
  if (images.length > CANDIDATES)
    throw new DataError(
      task,
      folder,
      'contents',
      `holds ${images.length} images (img<n>.jpg), where a set has ten`,
      KEEP_TEN,
    );
  const numbers = images.map((name) => Number(IMAGE.exec(name)![1])).sort((a, b) => a - b);
  const named = frameNumbers(numbers, CANDIDATES).map((number, place) =>
    number === null ? `img<n>.jpg (${place + 1} of ${CANDIDATES})` : `img${number}.jpg`,
  );
  return { images: named.map((name) => `${folder}/${name}`), unread };
}
