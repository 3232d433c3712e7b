import { z } from 'zod';
import type { TaskName } from '../task.ts';
import { inBatches } from './bounded.ts';
import { DataError } from './data-error.ts';
import { caption, imagePath, namesIn, type OfficialExample, type OfficialTask, readJson, whole } from './files.ts';

const PATH = 'imagecode/valid_data.json';
const SETS = 'imagecode/image-sets';
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
    const images = await inBatches(sets, LISTED_AT_ONCE, ([set]) => imagesOf(task, root, set));
    const examples = sets.flatMap(([set, texts], i) =>
      Object.keys(texts)
        .sort()
        .map((index): OfficialExample => {
          const right = Number(index);
          const id = `${set}/${index}`;
          return { id, texts: [texts[index]!], images: images[i]!.map(whole), right, cluster: set };
        }),
    );
    if (examples.length === 0) throw new DataError(task, PATH, 'holds no texts of this task');
    return { metadata: [metadata], examples };
  };
}

/** The ten images of a set in the order of their numbers; img0.jpg to img9.jpg where some are missing. */
async function imagesOf(task: TaskName, root: string, set: string): Promise<string[]> {
  const folder = imagePath(task, PATH, SETS, set);
  if (set.includes('/')) throw new DataError(task, PATH, `names the set ${set}, which is not the name of a folder`);
  const numbers = (await namesIn(task, root, folder, 'file')).flatMap((name) => {
    const [, number] = /^img(0|[1-9]\d{0,8})\.jpg$/.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
  if (numbers.length > CANDIDATES)
    throw new DataError(task, folder, `holds ${numbers.length} images (img<n>.jpg): a set has ten`);
  const present = numbers.sort((a, b) => a - b);
  const named = present.length === CANDIDATES ? present : Array.from({ length: CANDIDATES }, (_, number) => number);
  return named.map((number) => `${folder}/img${number}.jpg`);
}
