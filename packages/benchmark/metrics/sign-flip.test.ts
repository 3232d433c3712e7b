import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarP } from './mcnemar.ts';
import { signFlipP } from './sign-flip.ts';

describe('mcnemarP', () => {
  it('equals values computed by hand', () => {
    // 2 (1 + 12 + 66) / 2^12
    expect(mcnemarP(10, 2)).toBeCloseTo(158 / 4096, 14);
    // 2 (1 + 5) / 2^5
    expect(mcnemarP(1, 4)).toBeCloseTo(12 / 32, 14);
    expect(mcnemarP(6, 0)).toBeCloseTo(2 / 64, 14);
    expect(mcnemarP(0, 0)).toBe(1);
    expect(mcnemarP(7, 7)).toBe(1);
  });

  // the paper's human comparison: 60-33 is significant, 50-38 is not
  it.each([
    [60, 33, true],
    [50, 38, false],
  ])('%i to %i', (a, b, significant) => {
    expect(mcnemarP(a, b) < 0.05).toBe(significant);
  });

  it('is the share of all coin sequences that are as lopsided', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), (a, b) => {
        const n = a + b;
        let hits = 0;
        for (let heads = 0; heads < 2 ** n; heads++) {
          const count = heads.toString(2).replaceAll('0', '').length;
          if (Math.abs(count - n / 2) >= Math.abs(a - n / 2)) hits++;
        }
        expect(mcnemarP(a, b)).toBeCloseTo(hits / 2 ** n, 12);
      }),
    );
  });

  it('does not depend on which is called A, and stands thousands of examples', () => {
    expect(mcnemarP(3, 9)).toBe(mcnemarP(9, 3));
    // exact by whole numbers: sum of C(n, i), i <= k, over 2^(n - 1)
    for (const [n, k] of [
      [2000, 950],
      [5000, 2400],
    ] as const) {
      let ways = 1n;
      let sum = 1n;
      for (let i = 0n; i < BigInt(k); i++) {
        ways = (ways * (BigInt(n) - i)) / (i + 1n);
        sum += ways;
      }
      const exact = Number((sum * 10n ** 18n) / 2n ** BigInt(n - 1)) / 1e18;
      expect(mcnemarP(n - k, k) / exact).toBeCloseTo(1, 9);
    }
  });
});

describe('signFlipP', () => {
  const parts = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 9 });

  it('is the share of all sign patterns whose sum is as large', () => {
    fc.assert(
      fc.property(parts, (values) => {
        const observed = Math.abs(values.reduce((a, b) => a + b, 0));
        let hits = 0;
        for (let signs = 0; signs < 2 ** values.length; signs++) {
          const sum = values.reduce((total, value, i) => total + ((signs >> i) & 1 ? value : -value), 0);
          if (Math.abs(sum) >= observed) hits++;
        }
        expect(signFlipP(values)).toBeCloseTo(hits / 2 ** values.length, 12);
      }),
    );
  });

  it('is McNemar’s exact test where each part is one example won or lost', () => {
    fc.assert(
      fc.property(fc.nat(7), fc.nat(6), fc.nat(20), (a, b, concordant) => {
        const values = [...Array(a).fill(1), ...Array(b).fill(-1), ...Array(concordant).fill(0)];
        expect(signFlipP(values)).toBeCloseTo(mcnemarP(a, b), 12);
      }),
    );
  });

  it('is drawn beyond 10,000 patterns, near the exact value and never 0', () => {
    const values = [...Array(60).fill(0.1), ...Array(33).fill(-0.1)];
    expect(Math.abs(signFlipP(values) - mcnemarP(60, 33))).toBeLessThan(0.003);
    expect(signFlipP(values) * 10_001).toBeCloseTo(Math.round(signFlipP(values) * 10_001), 8);
    expect(signFlipP(Array(80).fill(1))).toBe(1 / 10_001);
  });
});
