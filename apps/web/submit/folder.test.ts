import { MAX_FILES } from '@gdbench/storage/manifest';
import { describe, expect, it } from 'vitest';
import { LITTER } from '../../../test/support/litter.ts';
import { folderOf } from './folder.ts';
import { createEstimate, fileOf, problemsOf } from './machine.ts';

/** A file as a browser hands it over: picked (webkitRelativePath) or dropped (path). */
function given(path: string, how: 'webkitRelativePath' | 'path', size = 3): File {
  const file = new File([new Uint8Array(size)], path.split('/').at(-1) ?? '');
  Object.defineProperty(file, how, { value: path });
  return file;
}

describe('a folder out of a browser', () => {
  it('is the same whether it was chosen or dropped', () => {
    const chosen = folderOf([
      given('toy/unet/model.onnx', 'webkitRelativePath'),
      given('toy/a.json', 'webkitRelativePath'),
    ]);
    const dropped = folderOf([given('/toy/a.json', 'path'), given('/toy/unet/model.onnx', 'path')]);
    for (const folder of [chosen, dropped]) {
      expect(folder.name).toBe('toy');
      expect(folder.files.map(({ path }) => path)).toEqual(['a.json', 'unet/model.onnx']);
      expect(folder.bytes).toBe(6);
    }
  });

  it('leaves out what systems put there, and says so', () => {
    const folder = folderOf([...LITTER, 'a.json'].map((path) => given(`toy/${path}`, 'path')));
    expect(folder.files.map(({ path }) => path)).toEqual(['a.json']);
    expect(folder.leftOut).toEqual(LITTER);
  });

  it('has no name of its own when loose files or two folders were dropped', () => {
    expect(folderOf([given('./a.json', 'path'), given('./model.onnx', 'path')])).toMatchObject({ name: '' });
    const two = folderOf([given('one/a.json', 'path'), given('two/a.json', 'path')]);
    expect(two.name).toBe('');
    expect(two.files.map(({ path }) => path)).toEqual(['one/a.json', 'two/a.json']);
  });

  it('is the one inside that holds the checkpoint, as the command line finds it', () => {
    const paths = ['w/.DS_Store', 'w/__MACOSX/sd/._a', 'w/README.md', 'w/sd/model_index.json', 'w/sd/unet/model.onnx'];
    const folder = folderOf(paths.map((path) => given(path, 'path')));
    expect(folder).toMatchObject({ name: 'sd', inside: 'sd' });
    expect(folder.files.map(({ path }) => path)).toEqual(['model_index.json', 'unet/model.onnx']);
    expect(folder.leftOut).toEqual(['.DS_Store', '__MACOSX/sd/._a', 'README.md']);
  });
});

describe('what can be said before anything is sent', () => {
  const folder = folderOf([given('toy/a.json', 'path')]);

  it('finds a missing name, a long one and an empty folder, each at its field', () => {
    expect(problemsOf('  ', folder).map(({ field }) => field)).toEqual(['name']);
    expect(problemsOf('x'.repeat(80), folder)).toEqual([]);
    expect(problemsOf('x'.repeat(81), folder).map(({ field }) => field)).toEqual(['name']);
    expect(problemsOf('toy', folderOf([given('toy/.DS_Store', 'path')])).map(({ field }) => field)).toEqual(['files']);
  });

  it('counts files and looks at their paths before any is read', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => given(`toy/unet/w${i}`, 'path'));
    expect(problemsOf('toy', folderOf(many(MAX_FILES)))).toEqual([]);
    const [problem] = problemsOf('toy', folderOf([...many(MAX_FILES), given('toy/unet/model.onnx', 'path')]));
    expect(problem).toMatchObject({ field: 'files', message: expect.stringContaining('holds 2,001 files') });
    expect(problem?.remedy).toContain('all_tensors_to_one_file=True');
    const odd = folderOf([given('toy/a.json', 'path'), given('toy/b\u202egnp.onnx', 'path')]);
    expect(problemsOf('toy', odd).map((one) => fileOf(one))).toEqual([1]);
  });

  it('knows which file a problem is about', () => {
    const problem = (field: string) => ({ field, message: '', remedy: '' });
    expect([fileOf(problem('files[3].path')), fileOf(problem('files')), fileOf(problem('name'))]).toEqual([
      3,
      null,
      null,
    ]);
  });
});

describe('time left', () => {
  it('follows the speed of the last seconds', () => {
    const estimate = createEstimate(1000);
    expect(estimate(0, 0)).toBeNull();
    expect(estimate(100, 1000)).toBeCloseTo(9);
    // ten times faster from here on: what is older than eight seconds no longer counts
    for (let t = 2; t <= 5; t++) estimate(100, t * 1000);
    expect(estimate(500, 12_000)).toBeCloseTo(500 / (400 / 8), 0);
  });
});
