import { describe, expect, it } from 'vitest';
import { grouped, remedyOf } from './remedy.ts';

describe('what mends a fault', () => {
  it('is words and a command, apart', () => {
    expect(remedyOf('fetch what it stands for: `cd DIR && git lfs pull`')).toEqual({
      words: 'Fetch what it stands for:',
      commands: ['cd DIR && git lfs pull'],
    });
    expect(
      remedyOf('submit the unoptimised export (`optimum-cli export onnx --model MODEL OUT/`), or another'),
    ).toEqual({
      words: 'Submit the unoptimised export, or another:',
      commands: ['optimum-cli export onnx --model MODEL OUT/'],
    });
  });

  it('is words alone where there is no command, and names of fields stay in them', () => {
    expect(remedyOf('correct `size`, or take the file from where the model was published')).toEqual({
      words: 'Correct `size`, or take the file from where the model was published.',
      commands: [],
    });
  });
});

it('faults of which the same is to be said are told once, with all their files', () => {
  const pointer = { expected: 'an ONNX model', found: 'is a Git LFS pointer', remedy: 'pull' };
  const other = { file: 'c', expected: 'a number', found: 'has x', remedy: 'correct it' };
  const faults = [{ file: 'a', ...pointer }, other, { file: 'b', ...pointer }];
  expect(grouped(faults)).toEqual([
    { file: 'a', ...pointer, files: ['a', 'b'] },
    { ...other, files: ['c'] },
  ]);
});
