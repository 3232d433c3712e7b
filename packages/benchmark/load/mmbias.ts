import { byCodePoint } from '@gdbench/file-names/order';
import { z } from 'zod';
import { biasPairs, OFFICIAL_GROUPS } from '../tasks/bias-pairs.ts';
import { canonicalGroup } from '../tasks/group-names.ts';
import { DataError } from './data-error.ts';
import { type Entries, entriesIn, imagesAmong, isPicture } from './entries.ts';
import { caption, readJson, whole } from './files.ts';
import type { OfficialExample, OfficialTask, UnreadFile } from './official-task.ts';

const PHRASES = 'mmbias/textual_phrases.txt';
const IMAGES = 'mmbias/data/Images';

const phrases = z.array(caption).min(1).max(1000);
const Phrases = z.object({ pleasant_phrases: phrases, unpleasant_phrases: phrases });

/**
 * An example an image of `mmbias/data/Images/<Category>/<Group>/` of a group that a pair compares, by path in code-point order;
 * its texts are all phrases. The official groups go by their official names, however their folders spell them.
 */
export async function readMmbias(root: string): Promise<OfficialTask> {
  const { metadata, value } = await readJson('mmbias', root, PHRASES, Phrases);
  const texts = [...value.pleasant_phrases, ...value.unpleasant_phrases];
  const { groups, unread } = await groupsBelow(root);
  const compared = comparedGroups(groups);
  const examples = groups
    .filter(({ group }) => compared.has(group))
    .flatMap(({ group, folder, images }) =>
      images.map((file) => ({ group, id: `${group}/${file}`, path: `${folder}/${file}` })),
    )
    .sort((a, b) => byCodePoint(a.id, b.id))
    .map(({ id, group, path }): OfficialExample => ({ id, texts, images: [whole(path)], group, cluster: id }));
  const unused = groups
    .filter(({ group }) => !compared.has(group))
    .map(({ group, images }) => ({ group, images: images.length }));
  return { metadata: [metadata], examples, pleasant: value.pleasant_phrases.length, unread, unused };
}

interface Group {
  /** "<Category>/<Group>", by their official names where they have such. */
  readonly group: string;
  /** Below the data root, as it is spelt there. */
  readonly folder: string;
  readonly images: readonly string[];
  readonly unread: readonly UnreadFile[];
}

async function groupsBelow(root: string): Promise<{ groups: Group[]; unread: UnreadFile[] }> {
  const top = await entriesIn('mmbias', root, IMAGES);
  const unread = [...strays(IMAGES, top)];
  const groups: Group[] = [];
  for (const category of top.folders) {
    const entries = await entriesIn('mmbias', root, `${IMAGES}/${category}`);
    unread.push(...strays(`${IMAGES}/${category}`, entries));
    for (const name of entries.folders) {
      const folder = `${IMAGES}/${category}/${name}`;
      groups.push({
        group: canonicalGroup(category, name, OFFICIAL_GROUPS),
        folder,
        ...(await imagesOf(root, folder)),
      });
    }
  }
  for (const one of groups) refuseTwice(one, groups);
  return { groups, unread: [...unread, ...groups.flatMap((one) => one.unread)] };
}

/** Files where folders are expected. */
function strays(folder: string, { files, leftovers }: Entries): UnreadFile[] {
  return [...files.map((name) => ({ path: `${folder}/${name}`, why: 'is in no folder of a group' })), ...leftovers];
}

async function imagesOf(root: string, folder: string) {
  return imagesAmong(folder, await entriesIn('mmbias', root, folder), isPicture);
}

/** Images of one group in two folders would be two groups to some and one to others. */
function refuseTwice({ group, folder }: Group, groups: readonly Group[]): void {
  const other = groups.find((one) => one.folder !== folder && one.group.toLowerCase() === group.toLowerCase());
  if (other)
    throw new DataError(
      'mmbias',
      folder,
      'contents',
      `and ${other.folder} are one group (${group})`,
      'put the images of both into one folder',
    );
}

/** The groups that a pair compares. @throws DataError where there is no pair, or a group of one has no images */
function comparedGroups(groups: readonly Group[]): Set<string> {
  const pairs = biasPairs(groups.map(({ group }) => group));
  if (pairs.length === 0)
    throw new DataError(
      'mmbias',
      IMAGES,
      'unfilled',
      'holds no two groups to compare',
      `put the official files there, <Category>/<Group>/ folders of images`,
    );
  const twice = pairs.find(({ name }, i) => pairs.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw new DataError(
      'mmbias',
      IMAGES,
      'contents',
      `has the pair of groups ${twice.name} in two categories`,
      'rename one',
    );
  const compared = new Set(pairs.flatMap(({ x, y }) => [x, y]));
  const empty = groups.find(({ group, images }) => compared.has(group) && images.length === 0);
  if (!empty) return compared;
  const others =
    empty.unread.length > 0
      ? `, but ${empty.unread.length} files that are not read (${empty.unread[0]!.path.split('/').at(-1)} ...)`
      : '';
  throw new DataError('mmbias', empty.folder, 'unfilled', `holds no image (.jpg, .jpeg or .png)${others}`);
}
