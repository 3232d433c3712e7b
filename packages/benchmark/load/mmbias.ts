import { z } from 'zod';
import { biasPairs, byCodePoint } from '../tasks/bias-pairs.ts';
import { DataError } from './data-error.ts';
import { caption, IMAGE_NAME, namesIn, type OfficialExample, type OfficialTask, readJson, whole } from './files.ts';

const PHRASES = 'mmbias/textual_phrases.txt';
const IMAGES = 'mmbias/data/Images';

const phrases = z.array(caption).min(1).max(1000);
const Phrases = z.object({ pleasant_phrases: phrases, unpleasant_phrases: phrases });

/** An example an image of `mmbias/data/Images/<Category>/<Group>/`, by path in code-point order; its texts are all phrases. */
export async function readMmbias(root: string): Promise<OfficialTask> {
  const { metadata, value } = await readJson('mmbias', root, PHRASES, Phrases);
  const texts = [...value.pleasant_phrases, ...value.unpleasant_phrases];
  const images = (await imagesBelow(root)).sort((a, b) => byCodePoint(a.id, b.id));
  requirePairs(images.map(({ group }) => group));
  const examples = images.map(
    ({ id, group }): OfficialExample => ({ id, texts, images: [whole(`${IMAGES}/${id}`)], group, cluster: id }),
  );
  return { metadata: [metadata], examples, pleasant: value.pleasant_phrases.length };
}

/** Every image with its path below the images folder and its "<Category>/<Group>". */
async function imagesBelow(root: string): Promise<{ id: string; group: string }[]> {
  const found: { id: string; group: string }[] = [];
  for (const category of await namesIn('mmbias', root, IMAGES, 'folder')) {
    for (const name of await namesIn('mmbias', root, `${IMAGES}/${category}`, 'folder')) {
      const group = `${category}/${name}`;
      const files = await namesIn('mmbias', root, `${IMAGES}/${group}`, 'file');
      const images = files.filter((file) => IMAGE_NAME.test(file));
      if (images.length === 0)
        throw new DataError('mmbias', `${IMAGES}/${group}`, 'holds no image (.jpg, .jpeg or .png)');
      found.push(...images.map((file) => ({ id: `${group}/${file}`, group })));
    }
  }
  return found;
}

function requirePairs(groups: readonly string[]): void {
  const pairs = biasPairs(groups);
  if (pairs.length === 0)
    throw new DataError(
      'mmbias',
      IMAGES,
      'holds no two groups to compare: put <Category>/<Group>/ folders of images there',
    );
  const twice = pairs.find(({ name }, i) => pairs.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw new DataError('mmbias', IMAGES, `has the pair of groups ${twice.name} in two categories: rename one`);
}
