import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { randomStream } from '../../builtin/data/random.ts';
import { writeFiles } from './folder.ts';

/** Examples of a task of one of ten. */
const LISTS = 40;
/** Descriptions of a set of imagecode. */
const DESCRIPTIONS = 4;
/** Captions of an image of flickr30k, of which one is asked. */
const CAPTIONS = 5;
/** Classes of pets: all their pictures against their names alone. */
const CLASSES = 8;

const ROW_FILES = [
  'winoground/data.json',
  'vg_relation/visual_genome_relation.json',
  'vg_attribution/visual_genome_attribution.json',
];

type Row = Record<string, unknown>;

/** How much of a data set is written. */
export interface Subset {
  /** Examples of a task of two candidates (clevr: of a subtask) or of two by two. */
  readonly pairs: number;
  readonly isExchanged: boolean;
}

/**
 * Writes the first examples of the tasks of a drawn data set. Exchanged: every picture lies under the name of another one of
 * its task, drawn at random, so that of pictures to choose among any may be the right one, and texts are asked of a picture
 * that they do not belong to (one or so of a folder may stay where it is: a draw that forbids it would not be at chance).
 * The captions of flickr30k_text are exchanged themselves: its wrong ones were picked for being near to their picture, and
 * so are of those that are near to any.
 */
export async function writeSubset(data: string, root: string, { pairs, isExchanged }: Subset): Promise<void> {
  const source: Source = {
    read: (file) => readFile(path.join(data, file), 'utf8'),
    exchange: (name, items) => (isExchanged ? randomStream(0, `exchange/${name}`).shuffle(items) : [...items]),
  };
  const [pets, texts, sets] = await Promise.all([petClasses(source), pairTasks(source, pairs), imageSets(source)]);
  await writeFiles(root, { ...texts, ...(await flickrLists(source)) });
  await writeFiles(root, { 'pets/classes.txt': pets.join('\n'), 'imagecode/valid_data.json': sets });
  const ofClass = (file: string) => pets.includes(file.replace(/_\d+\.\w+$/, '').replaceAll('_', ' '));
  const folders: Record<string, (file: string) => boolean> = {
    'clevr/images': () => true,
    'svo/images': () => true,
    'vg_relation/images': () => true,
    'vg_attribution/images': () => true,
    'winoground/images': () => true,
    'flickr30k/images': () => true,
    'imagecode/image-sets': (file) => path.dirname(file) in sets,
    'pets/images': ofClass,
  };
  for (const [folder, isKept] of Object.entries(folders)) await copyPictures(source, data, root, folder, isKept);
}

interface Source {
  read(file: string): Promise<string>;
  /** The same items, in another order where they are to be exchanged. */
  exchange<T>(name: string, items: readonly T[]): T[];
}

async function pairTasks({ read }: Source, pairs: number): Promise<Record<string, object>> {
  const rows = async (file: string): Promise<Row[]> => JSON.parse(await read(file)) as Row[];
  const subtasks = await Promise.all(
    CLEVR_SUBTASKS.map(async (subtask) => {
      const file = `clevr/captions/${subtask}.json`;
      return [file, first(JSON.parse(await read(file)) as Row, pairs)] as const;
    }),
  );
  const svo = await rows('svo/svo.json');
  const ofPart = (part: string) => svo.filter((row) => row.neg_type === part).slice(0, pairs);
  const lists = ROW_FILES.map(async (file) => [file, (await rows(file)).slice(0, pairs)] as const);
  return {
    ...Object.fromEntries([...subtasks, ...(await Promise.all(lists))]),
    'svo/svo.json': ['subj', 'verb', 'obj'].flatMap(ofPart),
  };
}

async function flickrLists({ read, exchange }: Source): Promise<Record<string, object>> {
  const [imageFile, textFile] = ['flickr30k/val_top10_RN50x64.json', 'flickr30k/val_top10_RN50x64_text.json'];
  const texts = first(JSON.parse(await read(textFile)) as Record<string, string[]>, LISTS);
  const captions = [...new Set(Object.values(texts).flat())];
  const others = exchange('captions', captions);
  const other = new Map(captions.map((caption, i) => [caption, others[i]!]));
  return {
    [imageFile]: first(JSON.parse(await read(imageFile)) as Row, LISTS * CAPTIONS),
    [textFile]: Object.fromEntries(Object.entries(texts).map(([file, list]) => [file, list.map((c) => other.get(c)!)])),
  };
}

async function imageSets({ read }: Source): Promise<Record<string, unknown>> {
  const sets = Object.entries(JSON.parse(await read('imagecode/valid_data.json')) as Row);
  const ofKind = (isStatic: boolean) => sets.filter(([name]) => name.includes('open-images') === isStatic);
  return Object.fromEntries([true, false].flatMap((isStatic) => ofKind(isStatic).slice(0, LISTS / DESCRIPTIONS)));
}

async function petClasses({ read }: Source): Promise<string[]> {
  return (await read('pets/classes.txt')).split('\n').slice(0, CLASSES);
}

const first = <T>(record: Record<string, T>, count: number): Record<string, T> =>
  Object.fromEntries(Object.entries(record).slice(0, count));

async function copyPictures(
  { exchange }: Source,
  data: string,
  root: string,
  folder: string,
  isKept: (file: string) => boolean,
): Promise<void> {
  const entries = await readdir(path.join(data, folder), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(path.join(data, folder), path.join(entry.parentPath, entry.name)))
    .filter(isKept)
    .sort();
  const sources = exchange(folder, files);
  const folders = new Set(files.map((file) => path.dirname(path.join(root, folder, file))));
  for (const each of folders) await mkdir(each, { recursive: true });
  const copies = files.map((file, i) => copyFile(path.join(data, folder, sources[i]!), path.join(root, folder, file)));
  await Promise.all(copies);
}
