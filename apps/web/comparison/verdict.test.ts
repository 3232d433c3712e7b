import { holm } from '@gdbench/benchmark/holm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterSide, corrected, edgeOf, type Finding, LEVEL, spoken, uncorrected } from './findings.ts';
import { verdict } from './verdict.ts';

/** A finding of a given difference, ± 0.04, and corrected p. */
function finding(difference: number | null, p: number | null, id = 'clevr.spatial'): Finding {
  const around = (by: number) => (difference === null ? null : difference + by);
  const [task = '', metric = ''] = id.split('.');
  return {
    ...uncorrected([{ task, metrics: [{ ...PAIRED, metric, difference, p }] }], [id])[0]!,
    low: around(-0.04),
    high: around(0.04),
    corrected: p,
  };
}
const PAIRED = {
  n: 400,
  a: 0.5,
  b: 0.5,
  difference: 0,
  p: null,
  low: null,
  high: null,
  test: 'MCNEMAR',
  onlyA: 0,
  onlyB: 0,
} as const;

const yes = (...findings: Finding[]) => verdict(findings, 'yes or no');
const what = (...findings: Finding[]) => verdict(findings, 'what');

describe('the verdict', () => {
  it('of a single test is its figure', () => {
    expect(yes(finding(0.42, 0.001))).toBe('Yes: +42.0 points [38.0, 46.0].');
    expect(yes(finding(-0.1, 0.001))).toBe('No: −10.0 points [−14.0, −6.0].');
    expect(yes(finding(0.42, LEVEL))).toBe('No difference found.');
    expect(what(finding(0.42, 0.001))).toBe('Better: +42.0 points [38.0, 46.0].');
    expect(what(finding(-0.42, 0.001))).toBe('Worse: −42.0 points [−46.0, −38.0].');
  });

  it('of several counts them, and tells the largest difference', () => {
    const up = finding(0.1, 0.01, 'pets.accuracy');
    const most = finding(0.3, 0.02, 'winoground.text');
    const down = finding(-0.2, 0.001);
    const none = finding(0.5, 0.3, 'clevr.pair_binding_size');
    expect(yes(up, most)).toBe('Yes: better on all 2, most on Winoground, text score: +30.0 points [26.0, 34.0].');
    expect(yes(up, none)).toBe('In part: better on 1 of 2, namely on Pets: +10.0 points [6.0, 14.0].');
    expect(yes(down, none)).toBe('No: worse on 1 of 2, namely on “Left, right”: −20.0 points [−24.0, −16.0].');
    expect(yes(up, none, most, down)).toBe(
      'Mixed: better on 2 of 4, most on Winoground, text score: +30.0 points [26.0, 34.0]; worse on 1 of 4, namely on “Left, right”: −20.0 points [−24.0, −16.0].',
    );
    expect(what(up, down)).toMatch(/^Better on 1 of 2, namely on Pets: .*; worse on 1 of 2, namely on “Left, right”: /);
    expect(what(none)).toBe('No difference found.');
  });

  it('leaves out what could not be tested', () => {
    expect(yes(finding(null, null), finding(0.42, 0.001))).toBe('Yes: +42.0 points [38.0, 46.0].');
    expect(yes(finding(null, null))).toBe('Nothing could be compared.');
    expect(yes()).toBe('Nothing could be compared.');
  });

  it('says yes or no the other way round when the two sides change places', () => {
    const some = fc.record({
      difference: fc.double({ min: -1, max: 1, noNaN: true }),
      p: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const word = (text: string) => text.split(/[: ]/)[0];
    const turned: Record<string, string> = { Yes: 'No', No: 'Yes' };
    fc.assert(
      fc.property(some, ({ difference, p }) => {
        const [one, other] = [yes(finding(difference, p)), yes(finding(-difference, p))];
        if (one === 'No difference found.') expect(other).toBe(one);
        else expect(word(other)).toBe(turned[word(one) ?? '']);
      }),
    );
  });
});

describe('findings', () => {
  it('correct p over all comparisons of a question together', () => {
    const p = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.array(p, { maxLength: 5 }), { maxLength: 4 }), (questions) => {
        const found = corrected(questions.map((ps) => ps.map((one) => finding(0.1, one))));
        expect(found.map((own) => own.length)).toEqual(questions.map((ps) => ps.length));
        expect(found.flat().map((one) => one.corrected)).toEqual(holm(questions.flat()));
      }),
    );
  });

  it('are those asked for that were compared, in the order of the question', () => {
    const tasks = [
      { task: 'pets', metrics: [{ ...PAIRED, metric: 'accuracy' }] },
      {
        task: 'clevr',
        metrics: [
          { ...PAIRED, metric: 'spatial' },
          { ...PAIRED, metric: 'average' },
        ],
      },
    ];
    const found = uncorrected(tasks, ['clevr.average', 'winoground.group', 'pets.accuracy']);
    expect(found.map(({ id, title, aside }) => [id, title, aside])).toEqual([
      ['clevr.average', 'CLEVR', 'macro of 7'],
      ['pets.accuracy', 'Pets', 'accuracy'],
    ]);
  });

  it('have a side only where the corrected p is below the level', () => {
    expect([0.2, -0.2, 0, null].map((difference) => betterSide({ difference, corrected: 0.01 }))).toEqual([
      'a',
      'b',
      null,
      null,
    ]);
    expect(betterSide({ difference: 0.2, corrected: LEVEL })).toBeNull();
    expect(betterSide({ difference: 0.2, corrected: null })).toBeNull();
  });

  it('are named in a sentence by the task, where the metric is the one that stands for it', () => {
    const named = (id: string) => spoken(finding(0, 1, id));
    expect(
      ['clevr.average', 'clevr.spatial', 'winoground.group', 'winoground.text', 'imagecode.r5'].map(named),
    ).toEqual(['CLEVR', '“Left, right”', 'Winoground', 'Winoground, text score', 'ImageCoDe, static, R@5']);
  });

  it('are drawn on a scale that holds every interval', () => {
    const end = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.record({ low: fc.option(end), high: fc.option(end) })), (intervals) => {
        const edge = edgeOf(intervals);
        expect(edge).toBeGreaterThan(0);
        expect(edge).toBeLessThanOrEqual(1);
        for (const { low, high } of intervals)
          for (const one of [low ?? 0, high ?? 0]) expect(Math.abs(one)).toBeLessThanOrEqual(edge);
      }),
    );
  });
});
