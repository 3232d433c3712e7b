import { affinity } from '../affinity.ts';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import { type FoundFile, folderOf, type LeftOut, nameOf, sameName } from '../found.ts';
import { isThere, pickImages } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';
import { CLASSES, plainClass, publishedClasses, publishedName } from './breeds.ts';

const IMAGES = 'pets/images';
/** "American_Bulldog_12.jpg": class and number. */
const PET = /^(.+)_(\d+)\.(jpe?g|png)$/i;
const JPEG = /\.jpe?g$/i;

/** The classes, and the photographs of them; masks, MATLAB files and lists are left out. */
export const pets: Recipe = {
  set: 'pets',
  tasks: ['pets'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const leave = (left: LeftOut) => leftOut.push(left);
    const listed = await listedNames(context);
    const files = context.finds.metadata.get('pets-classes') ?? [];
    const given = await chooseText(context, 'pets', files, CLASSES, 'classes of pets', leave);
    const text = given ? withBlanks(given) : fromNames(listed, context.finds.images);
    const classes = new Set(text ? linesOf(text.bytes).map(plainClass) : []);
    const photographs = photographsOf(context.finds.images, classes, leave);
    if (photographs.length === 0 && !given) return null;
    const names = namesOf(photographs, listed);
    const wanted = [...names].map(([key, name]) => ({ to: `${IMAGES}/${name}`, names: [key] }));
    const finds = { ...context.finds, images: photographs, others: [] };
    const picked = await pickImages({ ...context, finds }, 'pets', wanted);
    return {
      set: 'pets',
      tasks: ['pets'],
      texts: text ? [text] : [],
      lacking: text ? [] : [CLASSES],
      images: picked.images,
      kept: picked.kept,
      missing: picked.images.size > 0 || (await isThere(context.root, IMAGES)) ? [] : [`${IMAGES}/`],
      leftOut,
      notes: spellingNotes([...names.values()], classes),
    };
  },
};

/** From the set's own lists of its photographs ("Abyssinian_100 1 1 1"): their names, and the number of their class. */
async function listedNames({ finds, contents }: PrepareContext): Promise<Map<string, number>> {
  const names = new Map<string, number>();
  for (const file of finds.metadata.get('pets-list') ?? []) {
    const text = (await contents.read(file)).toString('utf8');
    for (const [, name, number] of text.matchAll(/^(\S+_\d+) (\d+) [12] \d+\r?$/gm)) names.set(name!, Number(number));
  }
  return names;
}

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');

/** A list of classes that are joined as in the names of files. */
function withBlanks(given: Chosen): PlannedText {
  const names = linesOf(given.bytes);
  if (!names.some((name) => name.includes('_'))) return planned(CLASSES, given);
  const bytes = publishedClasses(names) ?? Buffer.from(names.map((name) => `${plainClass(name)}\n`).join(''));
  return { to: CLASSES, bytes, from: given.path, made: 'mended: words are parted by blanks, in lower case' };
}

/** Where no list of classes was given: those of the set's own lists, else of its photographs where these are of all 37 breeds. */
function fromNames(listed: ReadonlyMap<string, number>, images: readonly FoundFile[]): PlannedText | null {
  const byNumber = new Map([...listed].map(([name, number]) => [number, plainClass(name.replace(/_\d+$/, ''))]));
  const own = images.filter(({ path }) => JPEG.test(path) && (affinity(folderOf(path), 'pets') ?? -1) >= 0);
  const shown = own.flatMap(({ path }) => PET.exec(nameOf(path))?.[1] ?? []);
  const published = publishedClasses(byNumber.values()) ?? publishedClasses(shown);
  if (published)
    return { to: CLASSES, bytes: published, from: 'the names of the photographs', made: 'written as it was published' };
  if (byNumber.size < 2) return null;
  const classes = [...byNumber].sort(([a], [b]) => a - b).map(([, name]) => `${name}\n`);
  return { to: CLASSES, bytes: Buffer.from(classes.join('')), from: 'the list of the photographs', made: 'written' };
}

/** Photographs of the classes in folders of no other set. Where there are JPEG files, PNG files of the same names are masks. */
function photographsOf(
  images: readonly FoundFile[],
  classes: ReadonlySet<string>,
  leave: (left: LeftOut) => void,
): FoundFile[] {
  const pets = images.filter(({ path }) => {
    const [, name] = PET.exec(nameOf(path)) ?? [];
    return name !== undefined && classes.has(plainClass(name)) && affinity(folderOf(path), 'pets') !== null;
  });
  const isMask = ({ path }: FoundFile) => !JPEG.test(path) && pets.some((other) => JPEG.test(other.path));
  for (const { path } of pets.filter(isMask)) leave({ path, files: 1, why: 'is a mask (trimap)' });
  return pets.filter((file) => !isMask(file));
}

/** The name of each photograph in the data root, by the same in one letter case: as listed, else as it was found. */
function namesOf(photographs: readonly FoundFile[], listed: ReadonlyMap<string, number>): Map<string, string> {
  const official = new Map([...listed.keys()].map((name) => [sameName(name), name]));
  const names = new Map<string, string>();
  for (const { path } of photographs) {
    const name = nameOf(path);
    const [, stem = '', ending = ''] = /^(.+)(\.\w+)$/.exec(name) ?? [];
    names.set(sameName(name), `${official.get(sameName(stem)) ?? stem}${ending.toLowerCase()}`);
  }
  return names;
}

/** A photograph's name is a part of the data, and of their version. */
function spellingNotes(names: readonly string[], classes: ReadonlySet<string>): string[] {
  if (!publishedClasses(classes)) return [];
  const breeds = names.map((name) => PET.exec(name)?.[1] ?? '');
  const other = breeds.findIndex((breed) => breed !== publishedName(breed, classes));
  if (other < 0) return [];
  const count = breeds.filter((breed) => breed !== publishedName(breed, classes)).length;
  const published = names[other]!.replace(breeds[other]!, publishedName(breeds[other]!, classes));
  return [
    `pets: ${count} of ${names.length} photographs have names in another letter case than the published ones (${names[other]} for ${published}), so that their data version is another`,
  ];
}
