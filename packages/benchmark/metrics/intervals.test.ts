import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from './intervals.ts';

describe('wilson', () => {
  // scipy 1.17.1: binomtest(k, n).proportion_ci(method='wilson')
  it.each([
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1],
    [5, 10, 0.236593090512564, 0.7634069094874361],
    [90, 400, 0.1868047408249817, 0.26842702105888144],
    [1, 3, 0.06149194472039626, 0.7923403991979523],
    [57, 574, 0.07743733979034548, 0.12649655422479592],
  ])('of %i in %i equals scipy', (k, n, low, high) => {
    expect(wilson(k, n)[0]).toBeCloseTo(low, 12);
    expect(wilson(k, n)[1]).toBeCloseTo(high, 12);
  });

  it('solves (p - q)^2 = z^2 q (1 - q) / n, its definition, and holds p', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(), (n, some) => {
        // Halves, as ties give them.
        const successes = (some % (2 * n + 1)) / 2;
        const p = successes / n;
        const [low, high] = wilson(successes, n);
        expect(low).toBeLessThanOrEqual(p);
        expect(high).toBeGreaterThanOrEqual(p);
        expect(high).toBeGreaterThan(low);
        for (const q of [low, high].filter((end) => end > 0 && end < 1))
          expect((p - q) ** 2).toBeCloseTo((1.959963984540054 ** 2 * q * (1 - q)) / n, 10);
      }),
    );
  });
});
