import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { reportFor } from '../../test/support/report.ts';
import { FromChild } from './messages.ts';

const fault = {
  file: 'a',
  message: 'a is b, where c is expected; d.',
  expected: 'c',
  found: 'is b',
  remedyParts: [{ words: 'd' }],
  namesPlaceholder: false,
};
const refused = (...faults: object[]) => {
  const said = FromChild.parse({ type: 'refused', id: 1, faults });
  return said.type === 'refused' ? said.faults : [];
};
const UNSHOWN = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const texts = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => [key, ...texts(one)])
      : [];

describe('what a child says', () => {
  it('is cleaned once, wherever in it a text stands: a database can store it, a terminal show it, a page hold it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 });
    const long = fc.tuple(text, fc.nat(5_000)).map(([one, times]) => one.repeat(times).slice(0, 20_000));
    const any = fc.oneof(text, long, fc.constantFrom('\u0000', 'a\u0000b', '\ud800', '\udc00\ud800', '\u001b[2J'));
    fc.assert(
      fc.property(any, any, any, fc.jsonValue({ stringUnit: 'binary' }), (one, two, three, more) => {
        const found = { checks: [one], warnings: [two, three], predictionType: one, inside: two };
        const remedyParts = [{ words: one }, { command: two }, { words: three }, { command: one }];
        const parts = { ...fault, file: one, found: two, remedyParts, message: two, expected: one };
        const said = [
          { type: 'refused', id: 1, faults: [parts, { ...fault, file: three }] },
          { type: 'failed', id: 1, message: one, remedy: two, fault: 'SUBMITTER', permanent: true, more },
          { type: 'accepted', id: 1, report: { ...reportFor('diffusion-itm', found), more } },
          { type: 'scored', id: 1, scores: [{ index: 0, scores: [[1]], more }], warnings: [one, three] },
          { type: 'progress', id: 1, done: 1, more },
        ].map((message) => FromChild.parse(message));
        for (const shown of each(said.flatMap(texts))) {
          expect(shown).not.toMatch(UNSHOWN);
          expect(shown.length).toBeLessThanOrEqual(3_000);
        }
      }),
    );
  });

  it('is a report of the form that is stored and read again, or an answer that is none', () => {
    const report = reportFor('cosine', { warnings: ['slow'] });
    const said = (changed: object) =>
      FromChild.safeParse({ type: 'accepted', id: 1, report: { ...report, ...changed } });
    expect(said({}).data).toEqual({ type: 'accepted', id: 1, report });
    const wrong = [{ kind: 'gan' }, { sha256: '/etc' }, { parameters: -1 }, { inputSize: 64 }, { latent: [4, 8] }];
    expect(wrong.map((changed) => said(changed).success)).toEqual(wrong.map(() => false));
  });

  it('is cut to what a page can hold, however long it is', () => {
    const long = 'x'.repeat(70_000);
    const remedyParts = [{ words: long }, { command: long }];
    const faults = refused({ ...fault, found: long, message: long, remedyParts });
    expect(texts(faults).join('').length).toBeLessThan(8_000);
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

  it('is a remedy whose sentence is that of its parts, whatever the child gives for it', () => {
    const remedyParts = [{ words: 'fetch it: ' }, { command: 'git lfs pull' }];
    expect(refused({ ...fault, remedyParts, remedy: 'run `rm -r /`' })).toEqual([
      { ...fault, remedyParts, remedy: 'fetch it: `git lfs pull`' },
    ]);
  });

  it('is a command as it stands or none: one that would be shown as another is told in words', () => {
    const partsOf = (...remedyParts: object[]) => refused({ ...fault, remedyParts })[0]?.remedyParts;
    expect(partsOf({ command: 'rm a\u0000b' }, { command: 'ls' })).toEqual([
      { words: '`rm a\ufffdb`' },
      { command: 'ls' },
    ]);
    expect(partsOf({ command: `rm ${'x'.repeat(2_000)}` }, { command: 'ls' })).toEqual([
      { words: expect.stringMatching(/^`rm x{1400,1500}…$/) },
    ]);
    for (const hidden of ['\u200b', '\u00ad', '\u2060', '\u00a0', '\u3164', '\u{e0101}'])
      expect(partsOf({ command: `rm a${hidden}b` })).toEqual([{ words: expect.stringMatching(/^`rm a.+b`$/u) }]);
    const wrong = [Array(21).fill({ words: 'x' }), [{ words: 'x', command: 'y' }], [{}], undefined];
    for (const remedyParts of wrong) expect(() => refused({ ...fault, remedyParts })).toThrow();
  });

  it('is at least one fault of a checkpoint that is refused, and no more than help', () => {
    const said = (count: number) =>
      FromChild.safeParse({ type: 'refused', id: 1, faults: Array(count).fill(fault) }).success;
    expect([0, 1, 100, 101].map(said)).toEqual([false, true, true, false]);
  });

  it('is bounded in depth', () => {
    let deep: unknown = 'x';
    for (let n = 0; n < 5_000; n += 1) deep = [deep];
    const report = reportFor('cosine');
    expect(FromChild.parse({ type: 'accepted', id: 1, report: { ...report, deep } })).toEqual({
      type: 'accepted',
      id: 1,
      report,
    });
  });
});
