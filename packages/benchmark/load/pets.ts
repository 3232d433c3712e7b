import { DataError } from './data-error.ts';
import { IMAGE_NAME, namesIn, type OfficialExample, type OfficialTask, readText, whole } from './files.ts';

const CLASSES = 'pets/classes.txt';
const IMAGES = 'pets/images';
/** There are 37; many more are another file. */
const MOST_CLASSES = 1000;

/** An example an image of `pets/images/`, by name in code-point order, against "a photo of a <class>" of every class. */
export async function readPets(root: string): Promise<OfficialTask> {
  const { metadata, text } = await readText('pets', root, CLASSES);
  const classes = text.split('\n').flatMap((line) => line.trim() || []);
  const places = placesOf(classes);
  const texts = classes.map((name) => `a photo of a ${name}`);
  const files = (await namesIn('pets', root, IMAGES, 'file')).filter((file) => IMAGE_NAME.test(file));
  if (files.length === 0) throw new DataError('pets', IMAGES, 'holds no images: put the official images there');
  const examples = files.map((file): OfficialExample => {
    const name = classOf(file);
    const right = places.get(name);
    if (right === undefined)
      throw new DataError('pets', `${IMAGES}/${file}`, `is of the class "${name}", which ${CLASSES} does not list`);
    return { id: file, texts, images: [whole(`${IMAGES}/${file}`)], right, cluster: file };
  });
  return { metadata: [metadata], examples };
}

/** The place of each class, by its name in lower case. */
function placesOf(classes: readonly string[]): Map<string, number> {
  if (classes.length < 2 || classes.length > MOST_CLASSES)
    throw new DataError(
      'pets',
      CLASSES,
      `holds ${classes.length} classes, one a line: replace it by the official file`,
    );
  const places = new Map<string, number>();
  for (const [place, name] of classes.entries()) {
    const key = name.toLowerCase();
    if (name.length > 200) throw new DataError('pets', CLASSES, `holds a name of ${name.length} characters`);
    if (places.has(key)) throw new DataError('pets', CLASSES, `holds the class ${name} twice`);
    places.set(key, place);
  }
  return places;
}

/** "American_Bulldog_12.jpg" is an "american bulldog". */
function classOf(file: string): string {
  const [, name] = /^(.+)_\d+\.\w+$/.exec(file) ?? [];
  if (name === undefined)
    throw new DataError('pets', `${IMAGES}/${file}`, 'is not named <Class_Name>_<n>.jpg, so that its class is unknown');
  return name.replaceAll('_', ' ').toLowerCase();
}
