import { z } from 'zod';
import { chooseText, planned } from '../choose.ts';
import { type LeftOut, nameOf } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { pickImages } from '../pick.ts';
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
      texts.push(planned(to, chosen));
      for (const path of task === 'flickr30k_text' ? Object.keys(lists) : Object.values(lists).flat()) paths.add(path);
    }
    if (texts.length === 0) return null;
    const wanted = [...paths].map((path) => ({ to: path.replace(/^datasets\//, ''), names: [nameOf(path)] }));
    return {
      set: 'flickr30k',
      tasks,
      texts,
      ...(await pickImages(context, 'flickr30k', wanted)),
      lacking: [],
      leftOut,
      notes: [],
    };
  },
};
