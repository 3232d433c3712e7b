import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FromChild } from './messages.ts';

const fault = { file: 'a', message: 'a is b, where c is expected; d.', expected: 'c', found: 'is b', remedy: 'd' };
const UNSHOWN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const texts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => [key, ...texts(one)])
      : [];

describe('what a child says', () => {
  it('is cleaned once, wherever in it a text stands', () => {
    const any = fc.string({ unit: 'binary', maxLength: 50 });
    fc.assert(
      fc.property(any, any, fc.jsonValue({ stringUnit: 'binary' }), (one, other, more) => {
        const said = [
          { type: 'refused', id: 1, faults: [{ ...fault, file: one, found: other, remedy: one, message: other }] },
          { type: 'failed', id: 1, message: one, remedy: other, fault: 'SUBMITTER', permanent: true },
          { type: 'accepted', id: 1, report: { warnings: [one], more } },
        ].map((message) => FromChild.parse(message));
        for (const text of said.flatMap(texts)) expect(text).not.toMatch(UNSHOWN);
      }),
    );
  });

  it('is cut to what a page can hold, however long it is', () => {
    const long = 'x'.repeat(70_000);
    const refused = FromChild.parse({ type: 'refused', id: 1, faults: [{ ...fault, found: long, message: long }] });
    expect(texts(refused).join('').length).toBeLessThan(6_000);
    const failed = FromChild.parse({
      type: 'failed',
      id: 1,
      message: long,
      remedy: 'x',
      fault: 'SERVICE',
      permanent: false,
    });
    expect(texts(failed).join('').length).toBeLessThan(3_000);
  });

  it('is at least one fault of a checkpoint that is refused, and no more than help', () => {
    const said = (count: number) =>
      FromChild.safeParse({ type: 'refused', id: 1, faults: Array(count).fill(fault) }).success;
    expect([0, 1, 100, 101].map(said)).toEqual([false, true, true, false]);
  });

  it('is bounded in depth', () => {
    let deep: unknown = 'x';
    for (let n = 0; n < 5_000; n += 1) deep = [deep];
    expect(FromChild.safeParse({ type: 'accepted', id: 1, report: { deep } }).success).toBe(true);
  });
});
