import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { held, idsOf, ordered, type Row } from './order.ts';

function row(id: string, value: number | null, complete: boolean): Row {
  return { values: [value], complete: [complete], evaluation: { id } } as unknown as Row;
}

const rows = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1 }),
      value: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      complete: fc.boolean(),
    }),
    { selector: ({ id }) => id, maxLength: 12 },
  )
  .map((list) => list.map(({ id, value, complete }) => row(id, value, complete && value !== null)));

describe('the order of rows', () => {
  it('puts final figures first, then those so far, then none; each by value; and loses no row', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (list, ascending) => {
        const result = ordered(list, 0, ascending);
        expect(idsOf(result).sort()).toEqual(idsOf(list).sort());
        for (let i = 1; i < result.length; i++) {
          const [a, b] = [result[i - 1]!, result[i]!];
          const tier = (r: Row) => (r.values[0] == null ? 2 : r.complete[0] ? 0 : 1);
          expect(tier(a)).toBeLessThanOrEqual(tier(b));
          if (tier(a) === tier(b) && tier(a) < 2) {
            const step = b.values[0]! - a.values[0]!;
            expect(ascending ? step : -step).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it('holds what is on the screen in place and adds new rows at the end', () => {
    const shown = ['b', 'gone', 'a'];
    const now = ['new', 'a', 'b', 'newer'].map((id) => row(id, null, false));
    expect(idsOf(held(now, shown))).toEqual(['b', 'a', 'new', 'newer']);
  });
});
