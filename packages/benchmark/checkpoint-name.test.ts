import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_NAME_LENGTH, nameOfFolder, UNPRINTABLE } from './checkpoint-name.ts';

test('a folder that has a name keeps it', () => {
  for (const name of ['toy-clip', 'Stable Diffusion 1.5 (fp16)', '名前', '😀'.repeat(80)])
    expect(nameOfFolder(name)).toBe(name);
});

test.each([
  ['  toy  clip ', 'toy clip'],
  ['line\nbreak\tand\u00a0more', 'line break and more'],
  ['evil\u202Egnp', 'evil gnp'],
  ['zero\u200Bwidth', 'zero width'],
  ['cafe\u0301', 'caf\u00e9'],
  ['half \ud800', 'half'],
  ['x'.repeat(100), 'x'.repeat(80)],
  [`${'x'.repeat(79)} y`, 'x'.repeat(79)],
  ['/home/me/models/toy-clip', 'toy-clip'],
  [`hub/models--runwayml--stable-diffusion-v1-5/snapshots/${'0a'.repeat(20)}`, 'runwayml/stable-diffusion-v1-5'],
  [`models--gpt2/snapshots/${'0a'.repeat(20)}`, 'gpt2'],
  [`snapshots/${'0a'.repeat(20)}`, '0a'.repeat(20)],
  ['\u200b', ''],
  ['', ''],
])('the folder %j gives the name %j', (folder, name) => {
  expect(nameOfFolder(folder)).toBe(name);
});

test('whatever a folder is called, its name is one that the board takes, and that name stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (folder) => {
      const name = nameOfFolder(folder);
      expect([...name].length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
      expect(name).not.toMatch(UNPRINTABLE);
      expect(name.trim()).toBe(name);
      expect(nameOfFolder(name)).toBe(name);
    }),
  );
});
