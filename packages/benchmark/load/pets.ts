import { createHash } from 'node:crypto';
import { DataError } from './data-error.ts';
import { entriesIn, imagesAmong, isPicture } from './entries.ts';
import { readText, whole } from './files.ts';
import type { OfficialExample, OfficialTask, UnreadFile } from './official-task.ts';

const CLASSES = 'pets/classes.txt';
const IMAGES = 'pets/images';
/** There are 37; many more are another file. */
const MOST_CLASSES = 1000;

/**
 * An example an image of `pets/images/`, by name in code-point order, against "a photo of a <class>" of every class. The
 * published code reads *.jpg alone: PNG files are read only where the folder has no JPEG file, for beside these they are the set's
 * masks (trimaps), which have the same names.
 */
export async function readPets(root: string): Promise<OfficialTask> {
  const { metadata, text } = await readText('pets', root, CLASSES);
  const classes = text.split('\n').flatMap((line) => line.replaceAll('_', ' ').trim() || []);
  const places = placesOf(classes);
  const texts = classes.map((name) => `a photo of a ${name}`);
  const { images, unread } = await petsIn(root);
  refuseMasks(classes, images);
  const examples = images.map((file): OfficialExample => {
    const name = classOf(file);
    const right = places.get(name);
    if (right === undefined)
      throw new DataError(
        'pets',
        `${IMAGES}/${file}`,
        'contents',
        `is of the class "${name}", which ${CLASSES} does not list`,
      );
    return { id: file, texts, images: [whole(`${IMAGES}/${file}`)], right, cluster: file };
  });
  return { metadata: [metadata], examples, unread };
}

const isJpeg = (name: string) => /\.jpe?g$/i.test(name);

async function petsIn(root: string): Promise<{ images: string[]; unread: UnreadFile[] }> {
  const entries = await entriesIn('pets', root, IMAGES);
  const hasJpeg = entries.files.some(isJpeg);
  const { images, unread } = imagesAmong(IMAGES, entries, (name) =>
    hasJpeg && !isJpeg(name) ? 'is no .jpg, as the pets beside it are' : isPicture(name),
  );
  if (images.length > 0) return { images, unread };
  throw new DataError('pets', IMAGES, 'unfilled', 'holds no images');
}

/** Sha256, in hex, over the official classes in lower case, sorted, one a line. */
const BREEDS = '325452254a1c260ee446f90ad8daad78b2e19de260fdc906d2fa5caa68b7abd9';

/** The official pets are JPEG files, so that PNG files alone are their masks. */
function refuseMasks(classes: readonly string[], images: readonly string[]): void {
  if (images.some(isJpeg)) return;
  const names = classes.map((name) => name.toLowerCase()).sort();
  if (createHash('sha256').update(names.join('\n')).digest('hex') !== BREEDS) return;
  const fault = `holds ${images.length} .png files and no .jpg: in the official set the pets are .jpg, and .png are their masks (trimaps)`;
  throw new DataError('pets', IMAGES, 'unfilled', fault);
}

/** The place of each class, by its name in lower case. */
function placesOf(classes: readonly string[]): Map<string, number> {
  if (classes.length < 2 || classes.length > MOST_CLASSES)
    throw new DataError('pets', CLASSES, 'foreign', `holds ${classes.length} classes, one a line`);
  const places = new Map<string, number>();
  for (const [place, name] of classes.entries()) {
    const key = name.toLowerCase();
    if (name.length > 200)
      throw new DataError('pets', CLASSES, 'contents', `holds a name of ${name.length} characters`);
    if (places.has(key)) throw new DataError('pets', CLASSES, 'contents', `holds the class ${name} twice`);
    places.set(key, place);
  }
  return places;
}

/** "American_Bulldog_12.jpg" is an "american bulldog". */
function classOf(file: string): string {
  const [, name] = /^(.+)_\d+\.\w+$/.exec(file) ?? [];
  if (name === undefined)
    throw new DataError(
      'pets',
      `${IMAGES}/${file}`,
      'contents',
      'is not named <Class_Name>_<n>.jpg, so that its class is unknown',
    );
  return name.replaceAll('_', ' ').toLowerCase();
}
