/** The sets of data, by the folder of the data root that holds them. */
export const SETS = [
  'clevr',
  'winoground',
  'flickr30k',
  'imagecode',
  'svo',
  'pets',
  'mmbias',
  'vg_relation',
  'vg_attribution',
  'coco_order',
  'flickr30k_order',
  'genderbias',
] as const;
export type SetName = (typeof SETS)[number];

/** What the folders and archives of a set are called by those who publish it. */
const VISUAL_GENOME = /\b(vg|vgr|vga|aro)\b|visual[- ]?genome|prerelease/;
const NAMES: Record<SetName, RegExp> = {
  clevr: /clevr/,
  winoground: /winoground/,
  flickr30k: /flickr|f30k/,
  imagecode: /imagecode|image[- ]?sets/,
  svo: /\bsvo\b/,
  pets: /\bpets?\b|oxford/,
  mmbias: /mm[- ]?bias/,
  vg_relation: VISUAL_GENOME,
  vg_attribution: VISUAL_GENOME,
  coco_order: /coco|\baro\b|(val|test|train)2014/,
  flickr30k_order: /flickr|f30k|\baro\b/,
  genderbias: /gender/,
};

/** How the images of sets are called by which nobody else's are. */
const IMAGES: Partial<Record<SetName, RegExp>> = {
  clevr: /^clevr_.*\.png$/i,
  winoground: /^ex_\d+_img_[01]\.png$/i,
  coco_order: /^coco_(val|test)2014_\d+\.jpg$/i,
};

/** Whether an image says by its name, or by its folder's, that it is of a set. */
export function isImageOf(set: SetName, folder: string, name: string): boolean {
  return (affinity(folder, set) ?? 0) > 0 || (IMAGES[set]?.test(name) ?? false);
}

/**
 * How far a folder's path says that it is of a set, by the deepest of its names that says anything: 2, it has the set's own name;
 * 1, a name that the set goes by; 0, none says anything; null, a name of another set.
 */
export function affinity(folder: string, set: SetName): 0 | 1 | 2 | null {
  for (const name of folder.toLowerCase().split('/').reverse()) {
    if (name === set) return 2;
    const fits = (of: SetName) => NAMES[of].test(name.replaceAll('_', ' '));
    if (fits(set)) return 1;
    if (SETS.some(fits)) return null;
  }
  return 0;
}
