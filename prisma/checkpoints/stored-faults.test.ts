import { expect, test } from 'vitest';
import { storedFaults } from './stored-faults.ts';

const old = {
  file: 'unet/model.onnx',
  message: 'unet/model.onnx is empty, where a model is expected; copy it: `cp A DIR`.',
  expected: 'a model',
  found: 'is empty',
  remedy: 'copy it: `cp A DIR`',
};
const present = { ...old, remedyParts: [{ words: 'copy it: ' }, { command: 'cp A DIR' }], namesPlaceholder: true };

test('faults are read as they were stored', () => {
  expect(storedFaults([present])).toEqual([present]);
});

test('a fault that was stored before its commands were kept apart is words alone', () => {
  expect(storedFaults([old, present])).toEqual([
    { ...old, remedyParts: [{ words: old.remedy }], namesPlaceholder: false },
    present,
  ]);
});

test.each([[null], ['x'], [[{ ...old, found: 1 }]], [[{ ...present, remedyParts: [{ words: 'a', command: 'b' }] }]]])(
  'none are read of %j',
  (stored) => {
    expect(storedFaults(stored)).toBeNull();
  },
);
