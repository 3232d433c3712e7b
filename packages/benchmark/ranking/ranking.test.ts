import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indistinguishableFromBest, type Ranked, rankRanges } from './ranking.ts';

const row = (value: number | null, low = value, high = value, complete = true): Ranked => ({
  value,
  low,
  high,
  complete,
});

/** Whole ends in a small range, so that touching and equal intervals are common. */
const rows = fc.array(
  fc
    .tuple(fc.nat(8), fc.nat(3), fc.nat(3), fc.boolean(), fc.boolean())
    .map(([value, below, above, complete, known]) =>
      known ? row(value, value - below, value + above, complete) : row(null, null, null, complete),
    ),
  { maxLength: 12 },
);

describe('rankRanges', () => {
  it('equals counting every pair', () => {
    fc.assert(
      fc.property(rows, (board) => {
        const ranked = board.filter(({ value, complete }) => complete && value !== null);
        const expected = board.map((own) =>
          ranked.includes(own)
            ? {
                first: 1 + ranked.filter((other) => other.low! > own.high!).length,
                last: ranked.length - ranked.filter((other) => own.low! > other.high!).length,
              }
            : null,
        );
        expect(rankRanges(board)).toEqual(expected);
      }),
    );
  });

  it('gives plain ranks where all are clearly apart, and one range where none is', () => {
    expect(rankRanges([row(0.2), row(0.9), row(0.5)])).toEqual([
      { first: 3, last: 3 },
      { first: 1, last: 1 },
      { first: 2, last: 2 },
    ]);
    expect(rankRanges([row(0.6, 0.4, 0.8), row(0.7, 0.5, 0.9)])).toEqual([
      { first: 1, last: 2 },
      { first: 1, last: 2 },
    ]);
  });

  it('leaves out an unfinished row altogether', () => {
    expect(rankRanges([row(0.2), row(0.9, 0.8, 1, false)])).toEqual([{ first: 1, last: 1 }, null]);
  });
});

describe('indistinguishableFromBest', () => {
  it('holds exactly for the rows that may be first', () => {
    fc.assert(
      fc.property(rows, (board) => {
        const best = indistinguishableFromBest(
          board.map((r) => r.value),
          board.map((r) => r.low),
          board.map((r) => r.high),
        );
        expect(best).toEqual(
          rankRanges(board.map((r) => ({ ...r, complete: true }))).map((range) => range?.first === 1),
        );
      }),
    );
  });

  it('takes a value without an interval as exact, and knows no best of nothing', () => {
    expect(indistinguishableFromBest([0.5, 0.6, null], [null, null, null], [null, 0.7, null])).toEqual([
      false,
      true,
      false,
    ]);
    expect(indistinguishableFromBest([null], [null], [null])).toEqual([false]);
  });
});
