import { expect, it } from 'vitest';
import { grouped } from './grouped.ts';

it('faults of which the same is to be said are told once, with all their files', () => {
  const pointer = { expected: 'an ONNX model', found: 'is a Git LFS pointer', remedy: 'pull' };
  const other = { file: 'c', expected: 'a number', found: 'has x', remedy: 'correct it' };
  const faults = [{ file: 'a', ...pointer }, other, { file: 'b', ...pointer }];
  expect(grouped(faults)).toEqual([
    { file: 'a', ...pointer, files: ['a', 'b'] },
    { ...other, files: ['c'] },
  ]);
});
