import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  checkWords,
  type Files,
  filesOf,
  tarOf,
  treeOf,
  versionsOf,
  writeFiles,
  zipOf,
} from '../../../test/support/given-folder.ts';
import { fullTree } from '../../../test/support/official-tree.ts';
import { taskFolder } from '../load/readers.ts';
import { TASK_NAMES } from '../task.ts';
import { prepareData } from './prepare.ts';

let scratch: string;
/** Data version of each task of the tree as it is laid out by hand. */
let byHand: Record<string, string>;
const tree = filesOf(fullTree());

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gdbench-arranged-'));
  await writeFiles(join(scratch, 'by-hand'), tree);
  byHand = await versionsOf(join(scratch, 'by-hand'));
  expect(Object.keys(byHand)).toEqual(TASK_NAMES);
});
afterAll(() => rm(scratch, { recursive: true }));

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

const junk = (folder: string): [string, Buffer][] => [
  [`${folder}/.DS_Store`, Buffer.from('junk')],
  [`__MACOSX/${folder}/._1.jpg`, Buffer.from('\0\x05\x16\x07 1')],
  [`${folder}/images/._1.jpg`, Buffer.from('\0\x05\x16\x07 2')],
  [`${folder}/Thumbs.db`, Buffer.from('junk')],
  [`${folder}/README.md`, Buffer.from('# about')],
];

/** The files of a set in their new places, in one or two folders or archives. */
async function arranged(set: string, how: Arrangement): Promise<Map<string, Buffer>> {
  const own = [...tree].filter(([path]) => path.startsWith(`${set}/`));
  const isText = ([path]: [string, Buffer]) => /\.(json|txt)$/.test(path);
  const parts = how.isParted ? [own.filter(isText), own.filter((file) => !isText(file))] : [own];
  const result = new Map<string, Buffer>();
  for (const [i, part] of parts.filter(({ length }) => length > 0).entries()) {
    const named = part.map(([path, bytes]) => [recased(path, how), bytes] as [string, Buffer]);
    let files: Files = new Map([...named, ...(how.hasJunk && named[0] ? junk(named[0][0].split('/')[0]!) : [])]);
    for (const kind of how.packed) {
      const bytes = kind === 'zip' ? await zipOf(files) : await tarOf(files, kind === 'tgz');
      files = new Map([[`part ${i}.${kind}`, bytes]]);
    }
    for (const [path, bytes] of files) result.set([set, ...how.above, path].join('/'), bytes);
  }
  return result;
}

test('however the files of a root are nested, packed, parted and spelt, the prepared root has the same data', async () => {
  let run = 0;
  const all = fc.tuple(...SETS.map(() => arrangement));
  await fc.assert(
    fc.asyncProperty(all, async (hows) => {
      const folder = join(scratch, `run-${run++}`);
      for (const [i, set] of SETS.entries()) await writeFiles(join(folder, 'from'), await arranged(set, hows[i]!));
      const before = await treeOf(join(folder, 'from'));
      const prepared = await prepareData([join(folder, 'from')], join(folder, 'root'), {
        tasks: null,
        check: checkWords,
      });
      expect(prepared.faults).toEqual([]);
      expect(await versionsOf(join(folder, 'root'))).toEqual(byHand);
      expect(await treeOf(join(folder, 'from'))).toEqual(before);
      await rm(folder, { recursive: true });
    }),
    { numRuns: 6 },
  );
});

/** Files whose names say nothing but the place that metadata give them; names of the others are data themselves. */
const NAMED = [...tree.keys()].filter((path) => !/^(mmbias|genderbias)\//.test(path));

test('whatever file is renamed, the prepared root has the same data, or a sentence tells of the set', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...NAMED), fc.constantFrom('renamed', 'IMG 0001 (2)'), async (path, name) => {
      const folder = join(scratch, `renamed-${run++}`);
      const at = path.lastIndexOf('/') + 1;
      const to = `${path.slice(0, at)}${name}${/\.\w+$/.exec(path)?.[0]}`;
      const renamed = new Map([...tree].map(([one, bytes]) => [one === path ? to : one, bytes]));
      await writeFiles(join(folder, 'from'), renamed);
      const options = { tasks: null, check: checkWords };
      const { faults, notes, record } = await prepareData([join(folder, 'from')], join(folder, 'root'), options);
      const versions = await versionsOf(join(folder, 'root'));
      const set = path.split('/')[0]!;
      const told = [...faults, ...notes, ...record.leftOut.flatMap(({ first }) => first)].join('\n');
      for (const task of TASK_NAMES)
        if (versions[task] !== byHand[task])
          expect([taskFolder(task), told]).toEqual([set, expect.stringContaining(set)]);
      await rm(folder, { recursive: true });
    }),
    { numRuns: 15 },
  );
});
