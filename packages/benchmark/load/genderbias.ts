import { byCodePoint } from '@gdbench/file-names/order';
import { DataError } from './data-error.ts';
import { type Entries, entriesIn, imagesAmong, isPicture } from './entries.ts';
import { whole } from './files.ts';
import type { OfficialExample, OfficialTask, UnreadFile } from './official-task.ts';

/**
 * The two objects of each kind, which are its two texts: the one that the stereotype gives to men, then to women. Images of
 * both make one task.
 */
const KINDS = {
  clothes: ['suit', 'apron'],
  bags: ['briefcase', 'purse'],
  drinks: ['beer', 'wine'],
} as const;
/** Images of men are numbered up to this, those of women from the next number on. */
const LAST_MALE = 6;

/**
 * An example an image of `genderbias/<object>-images/`, by path in code-point order. A kind's images may also lie in one
 * folder of the kind's name (`clothes-images`), which then stands for both. There are no metadata.
 * @throws DataError when a kind has images in both places, or a folder cannot serve.
 */
export async function readGenderbias(root: string): Promise<OfficialTask> {
  const top = await entriesIn('genderbias', root, 'genderbias');
  refuseBothLayouts(top.folders);
  const parts = await Promise.all(
    Object.entries(KINDS).flatMap(([kind, objects]) => {
      const folders = top.folders.includes(`${kind}-images`) ? [kind] : objects;
      return folders.map((object) => readFolder(root, kind, object, objects));
    }),
  );
  const examples = parts.flatMap((part) => part.examples).sort((a, b) => byCodePoint(a.id, b.id));
  const unread = [...strays(top), ...parts.flatMap((part) => part.unread)];
  return { metadata: [], examples, pleasant: 1, unread };
}

/** Files beside the folders. */
function strays({ files, leftovers }: Entries): UnreadFile[] {
  return [...files.map((name) => ({ path: `genderbias/${name}`, why: "is in no object's folder" })), ...leftovers];
}

/** Of two places for the same images, neither may be passed over in silence. */
function refuseBothLayouts(present: readonly string[]): void {
  for (const [kind, objects] of Object.entries(KINDS)) {
    const object = objects.find((name) => present.includes(`${name}-images`));
    if (object === undefined || !present.includes(`${kind}-images`)) continue;
    const apart = objects.map((name) => `${name}-images`).join(' and ');
    const fault = `stands beside ${object}-images, which is for the same images`;
    throw new DataError('genderbias', `genderbias/${kind}-images`, 'contents', fault, `keep either it or ${apart}`);
  }
}

async function readFolder(
  root: string,
  kind: string,
  object: string,
  texts: readonly string[],
): Promise<{ examples: OfficialExample[]; unread: UnreadFile[] }> {
  const folder = `genderbias/${object}-images`;
  const { images, unread } = imagesAmong(folder, await entriesIn('genderbias', root, folder), isPicture);
  const examples = images.map((file): OfficialExample => {
    const [, number] = /^(\d{1,9})\.\w+$/.exec(file) ?? [];
    if (number === undefined)
      throw new DataError(
        'genderbias',
        `${folder}/${file}`,
        'contents',
        'is not named <n>.jpg, so that its group is unknown',
      );
    const id = `${object}-images/${file}`;
    const group = `${kind}/${Number(number) <= LAST_MALE ? 'male' : 'female'}`;
    return { id, texts, images: [whole(`${folder}/${file}`)], group, cluster: id };
  });
  for (const gender of ['male', 'female']) {
    if (examples.some(({ group }) => group === `${kind}/${gender}`)) continue;
    const numbers = gender === 'male' ? `up to ${LAST_MALE}` : `from ${LAST_MALE + 1} on`;
    throw new DataError('genderbias', folder, 'contents', `holds no image <n>.jpg with n ${numbers} (${gender})`);
  }
  return { examples, unread };
}
