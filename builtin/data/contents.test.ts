import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isForTest } from './contents.ts';
import { COLORS, type Look, MATERIALS, SHAPES, SIZES } from './scene.ts';

const anyLook: fc.Arbitrary<Look> = fc.record({
  color: fc.constantFrom(...COLORS),
  shape: fc.constantFrom(...SHAPES),
  size: fc.constantFrom(...SIZES),
  material: fc.constantFrom(...MATERIALS),
});

test('neither order nor sizes nor an exchange of words moves a scene to the other side', () => {
  fc.assert(
    fc.property(fc.array(anyLook, { minLength: 2, maxLength: 5 }), (looks) => {
      const [a, b, ...rest] = looks as [Look, Look, ...Look[]];
      const side = isForTest(looks);
      expect(isForTest([...rest, b, a])).toBe(side);
      expect(isForTest([{ ...a, size: b.size }, { ...b, size: a.size === 'small' ? 'large' : 'small' }, ...rest])).toBe(
        side,
      );
      for (const part of ['color', 'shape', 'material'] as const) {
        expect(isForTest([{ ...a, [part]: b[part] }, { ...b, [part]: a[part] }, ...rest])).toBe(side);
      }
    }),
  );
});

test('a third of all pairs is for tests', () => {
  const kinds = COLORS.flatMap((color) =>
    SHAPES.flatMap((shape) => MATERIALS.map((material): Look => ({ color, shape, material, size: 'small' }))),
  );
  const pairs = kinds.flatMap((a, i) => kinds.slice(i + 1).map((b) => isForTest([a, b])));
  expect(pairs.filter(Boolean).length / pairs.length).toBeCloseTo(1 / 3, 1);
});

test('a lone solid has no side', () => {
  expect(() => isForTest([{ color: 'red', shape: 'cube', material: 'matte', size: 'small' }])).toThrow(RangeError);
});
