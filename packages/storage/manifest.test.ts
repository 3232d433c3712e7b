import { createHash } from 'node:crypto';
import { isAbsolute, normalize, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkpointSha256 } from './identity.ts';
import { checkManifestPath, clashesOf, countMisfit, MAX_TOTAL_BYTES, totalMisfit } from './manifest.ts';
import { folderCalled, inWords } from './remedy.ts';

const Sha256 = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
  .map((digits) => digits.join(''));
const File = fc.record({ path: fc.string({ unit: 'grapheme', minLength: 1 }), sha256: Sha256 });
const Files = fc.uniqueArray(File, { selector: ({ path }) => path, maxLength: 10 });

test('a checkpoint’s hash is that of its sorted lines, and does not depend on their order', () => {
  fc.assert(
    fc.property(Files, fc.infiniteStream(fc.double({ noNaN: true })), (files, keys) => {
      // code points compare as their UTF-8 bytes do
      const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
      const text = sorted.map(({ path, sha256 }) => `${path}\0${sha256}\n`).join('');
      const expected = createHash('sha256').update(text).digest('hex');
      const shuffled = files.map((file) => ({ file, key: keys.next().value })).sort((a, b) => a.key - b.key);
      expect(checkpointSha256(shuffled.map(({ file }) => file))).toBe(expected);
    }),
  );
});

test('paths outside the basic plane sort after those inside it', () => {
  const files = ['😀', 'ﬁ', 'z'].map((path) => ({ path, sha256: 'a'.repeat(64) }));
  const text = ['z', 'ﬁ', '😀'].map((path) => `${path}\0${'a'.repeat(64)}\n`).join('');
  expect(checkpointSha256(files)).toBe(createHash('sha256').update(text).digest('hex'));
});

test.each([
  'config.json',
  'unet/model.onnx',
  'a/b/c/d/e/f/g/h',
  '...',
  '.hidden',
  'ünï/文件.json',
  'a b',
  'x'.repeat(255),
  'é'.repeat(127),
])('the path %j may stand', (path) => expect(checkManifestPath(path)).toBeNull());

test.each([
  '',
  '/etc/passwd',
  '..',
  '../x',
  'a/../../x',
  'a/..',
  './a',
  'a/./b',
  'a//b',
  'a/',
  'a\\b',
  '..\\x',
  'C:/x',
  'c:x',
  'a\0b',
  'a\nb',
  'a\u001bb',
  '\ud800',
  'x'.repeat(256),
  'é'.repeat(128),
  'a\u009bb',
  'evil\u202egnp.onnx',
  'a/b/c/d/e/f/g/h/i',
])('the path %j may not stand, in one sentence with what to do', (path) => {
  expect(checkManifestPath(path)).toMatch(/^(A|The) path .+: .+\.$/);
});

test('no path that may stand leaves its folder', () => {
  const Part = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', 'a', 'C:', '\0'), fc.string());
  fc.assert(
    fc.property(
      fc.array(Part, { maxLength: 6 }).map((parts) => parts.join('/')),
      (path) => {
        fc.pre(checkManifestPath(path) === null);
        expect(isAbsolute(path)).toBe(false);
        expect(normalize(path)).toBe(path);
        expect(resolve('/root/folder', path).startsWith(`/root/folder${sep}`)).toBe(true);
      },
    ),
  );
});

const tensors = Array.from({ length: 2_001 }, (_, i) => `t${i}.data`);

const Path = fc
  .array(fc.constantFrom('a', 'A', 'é', 'e\u0301', 'b'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'));

test('paths clash exactly where a file system that ignores letter case and composes accents would not hold them all', () => {
  fc.assert(
    fc.property(fc.uniqueArray(Path, { maxLength: 6 }), (paths) => {
      const files = new Set<string>();
      const folders = new Set<string>();
      for (const path of paths.map((one) => one.normalize('NFC').toLowerCase())) {
        files.add(path);
        for (const [i, letter] of [...path].entries()) if (letter === '/') folders.add(path.slice(0, i));
      }
      const isHeld = files.size === paths.length && [...files].every((file) => !folders.has(file));
      expect(clashesOf(paths).length === 0).toBe(isHeld);
    }),
  );
});

test('files have a limit together', () => {
  expect(totalMisfit([MAX_TOTAL_BYTES - 1, 1])).toBeNull();
  expect(totalMisfit([MAX_TOTAL_BYTES, 1])).toMatchObject({ expected: 'a checkpoint of at most 20 GB' });
});

test('of a folder of too many files a command merges the weights of the graph that has them', () => {
  const { remedy } = countMisfit([...tensors, 'unet/model.onnx', 'graph.onnx'], folderCalled('/my models/one'));
  const commands = remedy.parts.flatMap((part) => ('command' in part ? [part.command] : []));
  expect(commands).toEqual([
    `mkdir -p '/my models/one-merged' && python -c "import onnx; onnx.save_model(onnx.load('/my models/one/graph.onnx'), '/my models/one-merged/graph.onnx', save_as_external_data=True, all_tensors_to_one_file=True, location='graph.onnx_data')"`,
  ]);
});

test.each(['$(touch x).onnx', '`x`.onnx', "it's/x.onnx", 'a"b.onnx', 'a\\b.onnx', '!x.onnx', 'a;b.onnx', 'a&b.onnx'])(
  'a graph called %s is in no command',
  (graph) => {
    expect(countMisfit([...tensors, graph]).remedy).toMatchObject({ parts: [{ words: expect.any(String) }] });
  },
);

test('a folder whose name a shell would read otherwise is in no command', () => {
  const { remedy } = countMisfit([...tensors, 'graph.onnx'], folderCalled('/my/$(touch x)'));
  expect(inWords(remedy.parts)).not.toContain('touch');
  expect(remedy.namesPlaceholder).toBe(true);
});
