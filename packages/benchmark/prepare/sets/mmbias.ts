import { EDITIONS, OFFICIAL } from '../../editions/editions.ts';
import { isPicture } from '../../load/entries.ts';
import { canonicalGroup } from '../../tasks/group-names.ts';
import { affinity } from '../affinity.ts';
import { chooseText, planned } from '../choose.ts';
import { type FoundFile, folderOf, type LeftOut, nameOf, sameName } from '../found.ts';
import { isThere, pickImages } from '../pick.ts';
import type { Recipe } from '../plan.ts';

const PHRASES = 'mmbias/textual_phrases.txt';
const IMAGES = 'mmbias/data/Images';

/** "<Category>/<Group>" of the groups that GDBench compares. */
const GROUPS = Object.keys(EDITIONS.find(({ name }) => name === OFFICIAL)?.tasks.mmbias?.groups ?? {});
const CATEGORIES = [...new Set(GROUPS.map(folderOf))];

/** The group that a folder of this name holds, however it is spelt; null for other folders. */
function groupOf(name: string): string | null {
  return (
    CATEGORIES.map((category) => canonicalGroup(category, name, [])).find((group) => GROUPS.includes(group)) ?? null
  );
}

/** The phrases, and the images of the nine groups that GDBench compares; those of other groups are left out. */
export const mmbias: Recipe = {
  set: 'mmbias',
  tasks: ['mmbias'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const leave = (left: LeftOut) => leftOut.push(left);
    const files = context.finds.metadata.get('mmbias-phrases') ?? [];
    const phrases = await chooseText(context, 'mmbias', files, PHRASES, "MMBias's phrases", leave);
    const own = context.finds.images.filter(({ path }) => affinity(folderOf(path), 'mmbias') !== null);
    const inGroups = own.filter(({ path }) => groupOf(nameOf(folderOf(path))) !== null);
    if (!phrases && inGroups.length === 0) return null;
    leaveOthers(own, inGroups, leave);
    const images = new Map<string, FoundFile>();
    for (const group of GROUPS) {
      const found = inGroups.filter(({ path }) => groupOf(nameOf(folderOf(path))) === group);
      for (const { path } of found.filter((file) => isPicture(nameOf(file.path)) !== null))
        leave({ path, files: 1, why: isPicture(nameOf(path))! });
      const pictures = found.filter(({ path }) => isPicture(nameOf(path)) === null);
      const names = new Map(pictures.map(({ path }) => [sameName(nameOf(path)), withPlainEnding(nameOf(path))]));
      const wanted = [...names].map(([key, name]) => ({ to: `${IMAGES}/${group}/${name}`, names: [key] }));
      const finds = { ...context.finds, images: pictures, others: [] };
      for (const [to, file] of (await pickImages({ ...context, finds }, 'mmbias', wanted)).images) images.set(to, file);
    }
    return {
      set: 'mmbias',
      tasks: ['mmbias'],
      texts: phrases ? [planned(PHRASES, phrases)] : [],
      lacking: phrases ? [] : [PHRASES],
      images,
      kept: 0,
      missing: images.size > 0 || (await isThere(context.root, IMAGES)) ? [] : [`${IMAGES}/`],
      leftOut,
      notes: [],
    };
  },
};

const withPlainEnding = (name: string): string => name.replace(/\.\w+$/, (ending) => ending.toLowerCase());

/** Folders of images beside those of the groups, or that are named for the set. */
function leaveOthers(own: readonly FoundFile[], inGroups: readonly FoundFile[], leave: (left: LeftOut) => void): void {
  const known = new Set(inGroups);
  const above = new Set(inGroups.map(({ path }) => folderOf(folderOf(folderOf(path)))));
  for (const file of own.filter((one) => !known.has(one))) {
    const isNear = above.has(folderOf(folderOf(folderOf(file.path))));
    if (isNear || (affinity(folderOf(file.path), 'mmbias') ?? 0) > 0)
      leave({ path: `${folderOf(file.path)}/`, files: 1, why: 'is of a group that no pair compares' });
  }
}
