import { z } from 'zod';
import { isPlainPath, nameAlone } from '../../load/image-path.ts';
import { type Chosen, chooseText, planned, rewritten } from '../choose.ts';
import { type LeftOut, nameOf } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { planOf } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';

const Lists = z.record(z.string(), z.array(z.string()));

const FILES = [
  {
    task: 'flickr30k_image',
    kind: 'flickr30k-images',
    to: 'flickr30k/val_top10_RN50x64.json',
    what: 'the lists of images',
  },
  {
    task: 'flickr30k_text',
    kind: 'flickr30k-texts',
    to: 'flickr30k/val_top10_RN50x64_text.json',
    what: 'the lists of texts',
  },
] as const;

/** The two files of lists, and the images that they name out of the 31,783 of Flickr30K. */
export const flickr30k: Recipe = {
  set: 'flickr30k',
  tasks: ['flickr30k_image', 'flickr30k_text'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const texts: PlannedText[] = [];
    const tasks: (typeof FILES)[number]['task'][] = [];
    const paths = new Set<string>();
    for (const { task, kind, to, what } of FILES) {
      const files = context.finds.metadata.get(kind) ?? [];
      const chosen = await chooseText(context, 'flickr30k', files, to, `Flickr30K: ${what}`, (left) =>
        leftOut.push(left),
      );
      if (!chosen) continue;
      const lists = jsonOf(chosen, Lists);
      tasks.push(task);
      const isKey = task === 'flickr30k_text';
      texts.push(withPlaces(chosen, to, lists, isKey));
      for (const path of isKey ? Object.keys(lists) : Object.values(lists).flat()) paths.add(placeOf(path));
    }
    if (texts.length === 0) return null;
    const wanted = [...paths].map((path) => ({ to: path.replace(/^datasets\//, ''), names: [nameOf(path)] }));
    return planOf(context, { set: 'flickr30k', tasks, texts, leftOut }, wanted);
  },
};

/** As the published lists say where an image is. */
function placeOf(path: string): string {
  const name = isPlainPath(path) ? null : nameAlone(path);
  return name === null ? path : `datasets/flickr30k/images/${name}`;
}

/** The lists with the published places of images in place of those on one machine. */
function withPlaces(chosen: Chosen, to: string, lists: z.infer<typeof Lists>, isKey: boolean): PlannedText {
  const paths = isKey ? Object.keys(lists) : Object.values(lists).flat();
  const far = paths.filter((path) => !isPlainPath(path)).length;
  if (far === 0) return planned(to, chosen);
  const entries = Object.entries(lists).map(([key, list]) => (isKey ? [placeOf(key), list] : [key, list.map(placeOf)]));
  return rewritten(to, chosen, Object.fromEntries(entries), `${far} paths of images are the published ones`);
}
