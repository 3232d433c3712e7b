import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { tarOf, zipOf } from '../../../test/support/archive.ts';
import { type Files, folderOf } from '../../../test/support/folder.ts';
import { fullTree } from '../../../test/support/official-tree.ts';
import { given, preparedFrom, textsOf, versionsOf } from '../../../test/support/prepared-root.ts';
import { taskFolder } from '../load/readers.ts';
import { TASK_NAMES } from '../task.ts';

/** Data version of each task of the tree as it is laid out by hand. */
let byHand: Record<string, string>;
const tree = fullTree();

beforeAll(async () => {
  byHand = await versionsOf(await folderOf(tree));
  expect(Object.keys(byHand)).toEqual(TASK_NAMES);
});

/** What becomes of one set's folder, and how it is packed. */
interface Arrangement {
  readonly above: readonly string[];
  readonly packed: readonly ('zip' | 'tar' | 'tgz')[];
  /** For the letters of its paths, one after the other: whether each is a capital. */
  readonly capitals: readonly boolean[];
  readonly isCased: boolean;
  readonly hasJunk: boolean;
  /** The metadata lie in another folder than the images. */
  readonly isParted: boolean;
}

const arrangement: fc.Arbitrary<Arrangement> = fc.record({
  above: fc.array(fc.constantFrom('downloads', 'my data', 'x', 'images', 'Ünï'), { maxLength: 3 }),
  packed: fc.array(fc.constantFrom('zip', 'tar', 'tgz'), { maxLength: 2 }),
  capitals: fc.array(fc.boolean(), { minLength: 17, maxLength: 17 }),
  isCased: fc.boolean(),
  hasJunk: fc.boolean(),
  isParted: fc.boolean(),
});

const SETS = [...new Set(TASK_NAMES.map(taskFolder))];
/** Sets of which nothing but its name tells what an image shows. */
const NAMES_ARE_DATA = /^(pets|mmbias|genderbias)\//;

function recased(path: string, { capitals, isCased }: Arrangement): string {
  if (!isCased) return path;
  const letters = (text: string) =>
    text.replace(/[a-z]/gi, (letter, at: number) =>
      capitals[at % capitals.length] ? letter.toUpperCase() : letter.toLowerCase(),
    );
  const cut = NAMES_ARE_DATA.test(path) ? path.lastIndexOf('/') : path.length;
  return letters(path.slice(0, cut)) + path.slice(cut);
}

const junk = (folder: string): [string, unknown][] => [
  [`${folder}/.DS_Store`, 'junk'],
  [`__MACOSX/${folder}/._1.jpg`, '\0\x05\x16\x07 1'],
  [`${folder}/images/._1.jpg`, '\0\x05\x16\x07 2'],
  [`${folder}/Thumbs.db`, 'junk'],
  [`${folder}/README.md`, '# about'],
];

/** The files of a set in their new places, in one or two folders or archives. */
async function arranged(set: string, how: Arrangement): Promise<Files> {
  const own = Object.entries(tree).filter(([path]) => path.startsWith(`${set}/`));
  const isText = ([path]: [string, unknown]) => /\.(json|txt)$/.test(path);
  const parts = how.isParted ? [own.filter(isText), own.filter((file) => !isText(file))] : [own];
  const result: Record<string, unknown> = {};
  for (const [i, part] of parts.filter(({ length }) => length > 0).entries()) {
    const named = part.map(([path, bytes]) => [recased(path, how), bytes] as const);
    let files: Files = Object.fromEntries([
      ...named,
      ...(how.hasJunk && named[0] ? junk(named[0][0].split('/')[0]!) : []),
    ]);
    for (const kind of how.packed) {
      const bytes = kind === 'zip' ? await zipOf(files) : await tarOf(files, kind === 'tgz');
      files = { [`part ${i}.${kind}`]: bytes };
    }
    for (const [path, bytes] of Object.entries(files)) result[[set, ...how.above, path].join('/')] = bytes;
  }
  return result;
}

test('however the files of a root are nested, packed, parted and spelt, the prepared root has the same data', async () => {
  const all = fc.tuple(...SETS.map(() => arrangement));
  await fc.assert(
    fc.asyncProperty(all, async (hows) => {
      const sets = await Promise.all(SETS.map((set, i) => arranged(set, hows[i]!)));
      const from = await given(Object.assign({}, ...sets));
      const before = await textsOf(from);
      const { faults, root } = await preparedFrom([from]);
      expect(faults).toEqual([]);
      expect(await versionsOf(root)).toEqual(byHand);
      expect(await textsOf(from)).toEqual(before);
    }),
    { numRuns: 6 },
  );
});

/** Files whose names say nothing but the place that metadata give them; names of the others are data themselves. */
const NAMED = Object.keys(tree).filter((path) => !/^(mmbias|genderbias)\//.test(path));

test('whatever file is renamed, the prepared root has the same data, or a sentence tells of the set', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...NAMED), fc.constantFrom('renamed', 'IMG 0001 (2)'), async (path, name) => {
      const at = path.lastIndexOf('/') + 1;
      const to = `${path.slice(0, at)}${name}${/\.\w+$/.exec(path)?.[0]}`;
      const renamed = Object.entries(tree).map(([one, content]) => [one === path ? to : one, content]);
      const from = await given(Object.fromEntries(renamed));
      const { faults, notes, record, root } = await preparedFrom([from]);
      const versions = await versionsOf(root);
      const set = path.split('/')[0]!;
      const told = [...faults, ...notes, ...record.leftOut.flatMap(({ first }) => first)].join('\n');
      const others = TASK_NAMES.filter((task) => versions[task] !== byHand[task]);
      expect(others.filter((task) => taskFolder(task) !== set || !told.includes(set))).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
