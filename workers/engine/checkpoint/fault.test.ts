import { command, remedy } from '@gdbench/storage/remedy';
import { expect, test } from 'vitest';
import { CheckpointFault, Faults } from './fault.ts';

test('a fault says where, what is there, what should be, and what mends it', () => {
  const { message, faults } = new CheckpointFault({
    file: 'unet/model.onnx',
    found: 'is a Git LFS pointer',
    expected: 'an ONNX model',
    remedy: remedy`run ${command`git lfs pull`}`,
    gravity: 'file',
  });
  expect(message).toBe('unet/model.onnx is a Git LFS pointer, where an ONNX model is expected; run `git lfs pull`.');
  expect(faults).toEqual([
    {
      file: 'unet/model.onnx',
      found: 'is a Git LFS pointer',
      expected: 'an ONNX model',
      message,
      remedy: 'run `git lfs pull`',
      remedyParts: [{ words: 'run ' }, { command: 'git lfs pull' }],
      namesPlaceholder: false,
      gravity: 'file',
    },
  ]);
});

test('several faults are told at once, in one line, the gravest first and each once', async () => {
  const faults = new Faults();
  const setting = { file: 'b', found: 'has x', expected: 'y', remedy: 'write y', gravity: 'setting' } as const;
  expect(await faults.attempt(() => 1)).toBe(1);
  for (const parts of [setting, setting, { ...setting, file: 'c', gravity: 'file' } as const])
    expect(
      await faults.attempt(() => {
        throw new CheckpointFault(parts);
      }),
    ).toBeUndefined();
  await expect(faults.attempt(() => Promise.reject(new TypeError('other')))).rejects.toThrow(TypeError);
  expect(() => faults.settle()).toThrow('c has x, where y is expected, and the same goes for b; write y.');
  expect(() => new Faults().settle()).not.toThrow();
});
