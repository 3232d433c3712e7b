import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byCodePoint } from './order.ts';

test('names are ordered as the bytes of UTF-8 are', () => {
  const text = fc.string({
    unit: fc.constantFrom('/', ' ', 'a', 'é', '\uE000', '\uFFFD', '\u{1F600}', '\u{1F601}', '\u{20000}'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byCodePoint(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(byCodePoint('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
});
