import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { LFS_POINTER } from '../../test/support/disguises.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { flatSquares } from '../../test/support/flat-images.ts';
import { type Files, newFolder, writeFiles } from '../../test/support/folder.ts';
import { folderScores } from '../../test/support/folder-scores.ts';
import { tinyDiffusion } from '../../test/support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip } from '../../test/support/tiny-clip.ts';

/*
 * A checkpoint that was renamed, nested, packed, written in other letters or broken on its way gives the same scores to the bit, or a
 * sentence that names what was changed.
 */

const GOOD: Readonly<Record<string, Files>> = {
  'latent diffusion': tinyDiffusion(),
  'dual encoder': tinyClip(),
  'dual encoder under onnx/': tinyClip({ ...TINY_CLIP, layout: 'split in onnx/' }),
};

const scratch = newFolder();
let data: TaskData;
let folders = 0;
beforeAll(async () => {
  const images = await flatSquares(scratch, 3, 6);
  data = taskOfLists(scratch, [{ texts: ['a red cat', 'cat'], images }]);
});

/** The scores of a folder of files, or why they are refused. */
async function scored(files: Files): Promise<{ scores: string } | { reason: string }> {
  const dir = path.join(scratch, `folder-${folders++}`);
  await mkdir(dir);
  await writeFiles(dir, files);
  const outcome = await folderScores(dir, data);
  await rm(dir, { recursive: true });
  return 'scores' in outcome ? { scores: outcome.scores } : outcome;
}

/** What happened to a folder, and words one of which a refusal must hold. */
interface Changed {
  readonly files: Files;
  readonly names: readonly string[];
}

const move = (files: Files, to: (path: string) => string): Files =>
  Object.fromEntries(Object.entries(files).map(([file, content]) => [to(file), content]));
const words = (file: string): string[] =>
  [file, `${file.slice(0, file.lastIndexOf('/') + 1)}`].filter((word) => word !== '');
/** Moves what stands at a path, a file or a folder, to another. */
function renamed(files: Files, from: string, to: string): Changed {
  const inFolder = (file: string) => file === from || file.startsWith(`${from}/`);
  const moved = move(files, (file) => (inFolder(file) ? to + file.slice(from.length) : file));
  return { files: moved, names: [...words(from), ...words(to), `\`${from}\``] };
}
const replaced = (files: Files, file: string, content: string | Uint8Array): Changed => ({
  files: { ...files, [file]: content },
  names: words(file),
});
const textOf = (content: Files[string]): string | null =>
  typeof content === 'string' ? content : content instanceof Uint8Array ? null : JSON.stringify(content);

const change = (files: Files): fc.Arbitrary<Changed> => {
  const paths = Object.keys(files);
  const anyFile = fc.constantFrom(...paths);
  const places = new Set([
    ...paths,
    ...paths.filter((one) => one.includes('/')).map((one) => one.slice(0, one.indexOf('/'))),
  ]);
  const anyPlace = fc.constantFrom(...places);
  const json = fc.constantFrom(...paths.filter((one) => one.endsWith('.json')));
  const folder = fc.constantFrom('sd', 'my model', 'a/b', 'export/latest', 'ünï');
  return fc.oneof(
    // nested, with what systems leave beside it
    folder.map((to) => ({
      files: { ...move(files, (one) => `${to}/${one}`), '.DS_Store': 'x', '__MACOSX/._x': 'x', 'README.md': 'x' },
      names: [],
    })),
    fc
      .constantFrom('.git/config', 'Thumbs.db', 'optimizer.pt', 'notes.md', 'samples/1.png')
      .map((one) => ({ files: { ...files, [one]: 'x' }, names: [] })),
    // in other letters, or under another name
    anyPlace.chain((one) =>
      fc
        .constantFrom(one.toUpperCase(), one.charAt(0).toUpperCase() + one.slice(1))
        .map((to) => renamed(files, one, to)),
    ),
    anyPlace.chain((one) => fc.constantFrom('_old', ' (1)', '.bak').map((end) => renamed(files, one, `${one}${end}`))),
    anyFile.map((one) => renamed(files, one, `copy/${one}`)),
    // packed
    anyFile.map((one) => ({ ...renamed(files, one, `${one}.zip`), names: words(one) })),
    fc.constant({ files: { 'checkpoint.zip': Uint8Array.from([0x50, 0x4b, 3, 4]) }, names: ['checkpoint.zip'] }),
    // as Windows and Python write it
    json.map((one) => ({ files: { ...files, [one]: `\ufeff${textOf(files[one]!)}` }, names: [] })),
    json.map((one) => ({
      files: { ...files, [one]: JSON.stringify(JSON.parse(textOf(files[one]!)!), null, 2).replaceAll('\n', '\r\n') },
      names: [],
    })),
    json.map((one) => replaced(files, one, textOf(files[one]!)!.replace('{', '{"_comment": Infinity,'))),
    // broken on its way
    anyFile.chain((one) =>
      fc
        .constantFrom(LFS_POINTER, '<!DOCTYPE html><html>', '', 'Entry not found')
        .map((content) => replaced(files, one, content)),
    ),
    anyFile.map((one) => {
      const content = files[one]!;
      const bytes = content instanceof Uint8Array ? content : Buffer.from(textOf(content)!);
      return replaced(files, one, bytes.slice(0, Math.floor(bytes.length / 2)));
    }),
  );
};

it.each(Object.entries(GOOD))(
  '%s: the same scores to the bit, or a sentence that names the change',
  async (_, files) => {
    const good = await scored(files);
    expect(good).toHaveProperty('scores');
    await fc.assert(
      fc.asyncProperty(change(files), async ({ files: changed, names }) => {
        const outcome = await scored(changed);
        if ('scores' in outcome) expect(outcome).toEqual(good);
        else expect(names.some((name) => outcome.reason.includes(name))).toBe(true);
      }),
      { numRuns: 40 },
    );
  },
);
