import { isPublished } from '../published.ts';

export const CLASSES = 'pets/classes.txt';

/** Of the 37 breeds in code-point order: the places of those that stand one after the other in the published classes.txt. */
const PUBLISHED_ORDER = [
  2, 16, 10, 18, 36, 8, 12, 30, 31, 32, 0, 24, 29, 5, 17, 34, 35, 7, 23, 21, 15, 26, 33, 4, 13, 14, 1, 6, 9, 28, 25, 27,
  20, 11, 3, 22, 19,
];
/** Among the same: cats, whose photographs have names that begin with capitals. */
const CATS: ReadonlySet<number> = new Set([0, 5, 6, 7, 9, 11, 20, 23, 26, 27, 32, 33]);

/** "American_Bulldog" and "american bulldog" are one class. */
export const plainClass = (name: string): string => name.replaceAll('_', ' ').trim().toLowerCase();

function sorted(names: Iterable<string>): string[] {
  return [...new Set([...names].map(plainClass))].sort();
}

/** The published classes.txt, made of its breeds in whatever order and spelling; null where the names are not those. */
export function publishedClasses(names: Iterable<string>): Buffer | null {
  const breeds = sorted(names);
  if (breeds.length !== PUBLISHED_ORDER.length) return null;
  const bytes = Buffer.from(PUBLISHED_ORDER.map((place) => `${breeds[place]}\n`).join(''));
  return isPublished(CLASSES, bytes) ? bytes : null;
}

/** How the published photographs of a breed are named, without their numbers; `names` are the 37 breeds'. */
export function publishedName(breed: string, names: Iterable<string>): string {
  const place = sorted(names).indexOf(plainClass(breed));
  const words = plainClass(breed).split(' ');
  return words.map((word) => (CATS.has(place) ? word.charAt(0).toUpperCase() + word.slice(1) : word)).join('_');
}
