import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import yazl from 'yazl';
import { checkpointFolders, type Files } from '../../test/support/checkpoint-folders.ts';
import { taskOfLists } from '../../test/support/example-lists.ts';
import { tinyDiffusion, writeFiles } from '../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../test/support/tiny-clip.ts';
import { openEvaluator } from './evaluate.ts';
import { inspectCheckpoint } from './inspect.ts';

const IMAGES = ['rgb-24x24.png', 'palette-40x40.png'].map((name) => path.resolve('test/reference/images', name));
const TEXTS = ['a cat', 'a dog on a red mat'];

const { folderOf, scratch } = checkpointFolders();
const VALID: readonly (readonly [string, Files])[] = [
  ['a diffusion model', tinyDiffusion()],
  ['a dual encoder', tinyClip()],
];

/** What is done to a checkpoint's folder. */
type Change =
  /** A file or a folder gets another path. */
  | { readonly what: 'move'; readonly from: string; readonly to: string }
  | { readonly what: 'nest'; readonly within: readonly string[] }
  | { readonly what: 'litter'; readonly file: string }
  | { readonly what: 'zip'; readonly archive: string };

const word = fc.constantFrom('weights', 'final', 'My model', 'v1.5', 'modèle', 'sd-onnx');
const otherCase = (text: string): string =>
  text.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));

function changeOf(files: Files): fc.Arbitrary<Change> {
  const paths = Object.keys(files).flatMap((file) => [file, ...(file.includes('/') ? [path.posix.dirname(file)] : [])]);
  const move = fc
    .tuple(fc.constantFrom(...new Set(paths)), fc.constantFrom('rename', 'case', 'deeper'), word)
    .map(([from, how, name]): Change => {
      const { dir, base, ext } = path.posix.parse(from);
      const to = how === 'rename' ? `${name}${ext}` : how === 'case' ? otherCase(base) : `${name}/${base}`;
      return { what: 'move', from, to: path.posix.join(dir, to) };
    });
  const within = fc.array(word, { minLength: 1, maxLength: 3 });
  const litter = fc.constantFrom(
    '.gitattributes',
    '__MACOSX/._model.onnx',
    'Thumbs.db',
    '.git/config',
    'unet/.DS_Store',
  );
  return fc.oneof(
    { weight: 6, arbitrary: move },
    { weight: 1, arbitrary: within.map((names): Change => ({ what: 'nest', within: names })) },
    { weight: 1, arbitrary: litter.map((file): Change => ({ what: 'litter', file })) },
    { weight: 1, arbitrary: word.map((name): Change => ({ what: 'zip', archive: `${name}.zip` })) },
  );
}

/** The names by which a sentence may call the change. */
function namesIn(change: Change): readonly string[] {
  if (change.what === 'move') return [change.from, change.to].flatMap((at) => [at, path.posix.basename(at)]);
  return change.what === 'nest' ? change.within : [change.what === 'zip' ? change.archive : change.file];
}

async function written(files: Files, change: Change): Promise<string> {
  const movedTo = (file: string): string => {
    if (change.what === 'nest') return [...change.within, file].join('/');
    if (change.what !== 'move') return file;
    const { from, to } = change;
    return file === from || file.startsWith(`${from}/`) ? `${to}${file.slice(from.length)}` : file;
  };
  const moved = Object.fromEntries(Object.entries(files).map(([file, content]) => [movedTo(file), content]));
  const dir = await folderOf(change.what === 'litter' ? { ...moved, [change.file]: 'litter' } : moved);
  return change.what === 'zip' ? packed(dir, Object.keys(files), change.archive) : dir;
}

/** A folder that holds the files of another in an archive. */
async function packed(dir: string, files: readonly string[], archive: string): Promise<string> {
  const folder = await folderOf({});
  const zip = new yazl.ZipFile();
  for (const file of files) zip.addFile(path.join(dir, file), file);
  zip.end();
  await finished(zip.outputStream.pipe(createWriteStream(path.join(folder, archive))));
  return folder;
}

/** Scores of two texts and two images, or the sentence of a refusal. */
async function scoresOrSentence(dir: string): Promise<number[][] | string> {
  const inspection = await inspectCheckpoint(dir);
  if (!inspection.ok) return inspection.reason;
  const evaluator = await openEvaluator({ dir, report: inspection.report, samples: 3, seed: 0, batch: 2, threads: 1 });
  try {
    const data = taskOfLists(scratch(), [{ texts: TEXTS, images: IMAGES }]);
    const [example] = await evaluator.scoreExamples(data, 0, 1);
    return example!.scores.map((row) => [...row]);
  } finally {
    await evaluator.close();
  }
}

const right = new Map<string, number[][]>();
beforeAll(async () => {
  for (const [kind, files] of VALID) {
    const scores = await scoresOrSentence(await folderOf(files));
    if (typeof scores === 'string') throw new Error(scores);
    right.set(kind, scores);
  }
});

test.each(VALID)(
  '%s: renamed, nested, packed or in other letter case, the same to the bit or a sentence that names the change',
  async (kind, files) => {
    await fc.assert(
      fc.asyncProperty(changeOf(files), async (change) => {
        const found = await scoresOrSentence(await written(files, change));
        if (typeof found !== 'string') expect(found).toEqual(right.get(kind));
        else {
          expect(found).toMatch(/^[^\n]+\.$/);
          expect(
            namesIn(change).some((name) => found.includes(name)),
            found,
          ).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  },
);

test('a folder within folders, and litter beside the files, change no score', async () => {
  for (const [kind, files] of VALID) {
    const dir = await folderOf({});
    await writeFiles(path.join(dir, 'download/model'), files);
    await writeFiles(dir, { '.DS_Store': 'x', '__MACOSX/._x': 'x' });
    expect(await scoresOrSentence(dir)).toEqual(right.get(kind));
  }
});
