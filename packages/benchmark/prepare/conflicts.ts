import { affinity, type SetName } from './affinity.ts';
import { type FoundFile, folderOf } from './found.ts';
import type { SetPlan } from './plan.ts';

/** Sets that show the same images. */
const FAMILIES: Partial<Record<SetName, string>> = {
  vg_relation: 'vg',
  vg_attribution: 'vg',
  flickr30k: 'flickr30k',
  flickr30k_order: 'flickr30k',
};
const familyOf = (set: SetName): string => FAMILIES[set] ?? set;

/**
 * Sets of which an image lies in a folder that is named for none, and would serve another set too: names such as 1.jpg are those of
 * many. Gives a sentence for each such set.
 */
export function sharedImages(plans: readonly SetPlan[]): Map<SetName, string> {
  const users = new Map<FoundFile, SetName[]>();
  for (const { set, images } of plans)
    for (const file of images.values()) users.set(file, [...(users.get(file) ?? []), set]);
  const conflicts = new Map<SetName, string>();
  for (const [file, sets] of users) {
    const [first, other] = sets.filter((set, i) => sets.findIndex((one) => familyOf(one) === familyOf(set)) === i);
    if (other === undefined || affinity(folderOf(file.path), first!) !== 0) continue;
    const sentence = `${file.path} could be of ${first} or of ${other}: put the images of each into a folder of its name, or name the tasks with --task`;
    for (const set of sets) if (!conflicts.has(set)) conflicts.set(set, sentence);
  }
  return conflicts;
}
