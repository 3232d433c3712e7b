import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonError, jsonText, parseJson } from './json-text.ts';

const said = (text: string): string => {
  try {
    return `no error: ${JSON.stringify(parseJson(text))}`;
  } catch (error) {
    if (error instanceof JsonError) return error.message;
    throw error;
  }
};

describe('a JSON text', () => {
  it('is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may hold the numbers that Python writes, and strings that look like them', () => {
    expect(parseJson('{"a": NaN, "b": [-Infinity, Infinity, 1], "NaN": "x NaN, -Infinity \\" Infinity"}')).toEqual({
      a: Number.NaN,
      b: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
      NaN: 'x NaN, -Infinity " Infinity',
    });
  });

  it('is told with these numbers as it holds them', () => {
    const value = [Number.NaN, { a: Number.NEGATIVE_INFINITY, b: 'NaN' }, Number.POSITIVE_INFINITY, null];
    expect(jsonText(value)).toBe('[NaN,{"a":-Infinity,"b":"NaN"},Infinity,null]');
    expect(parseJson(jsonText(value))).toEqual(value);
    fc.assert(
      fc.property(fc.jsonValue(), (plain) => {
        expect(jsonText(plain)).toBe(JSON.stringify(plain));
      }),
    );
  });

  it('with a key that stands twice has the last of its values', () => {
    expect(parseJson('{"a": 1, "a": NaN, "a": 2}')).toEqual({ a: 2 });
  });

  it.each([
    ['', 'line 1, column 1: the file is empty'],
    ['{\n  "a": 1,\n  "b": ', 'line 3, column 8: the file ends in the middle'],
    ['[1, 2', 'line 1, column 6: the file ends in the middle'],
    ['{"a": 1,}', 'line 1, column 9: a comma stands before the end of a list or an object'],
    ['[1, 2,\n]', 'line 2, column 1: a comma stands before the end of a list or an object'],
    ['{\n  // why\n  "a": 1}', 'line 2, column 3: a comment stands there'],
    ['{"a": /* why */ 1}', 'line 1, column 7: a comment stands there'],
    ['# a: 1', 'line 1, column 1: a comment stands there'],
    ["{'a': 1}", 'line 1, column 2: a text stands in single quotes'],
    ['{"a": 1 "b": 2}', 'line 1, column 9: "\\"b\\": 2}" stands there'],
    ['{a: 1}', 'line 1, column 2: "a: 1}" stands there'],
    ['{"a": True}', 'line 1, column 7: "True}" stands there'],
    ['{"a": 1} and more', 'line 1, column 10: "and more" stands there'],
    ['[1]]', 'line 1, column 4: "]" stands there'],
    ['[}', 'line 1, column 2: "}" stands there'],
    ['{"a"}', 'line 1, column 5: "}" stands there'],
    ['[-NaN]', 'line 1, column 2: "-NaN]" stands there'],
    ['[01]', 'line 1, column 3: "1]" stands there'],
  ])('%j is none, and where is said', (text, place) => expect(said(text)).toBe(place));

  it('that is broken anywhere is told with a place inside of it or at its end, in time', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom('', '}', ']', ',', '"', ':', '/', '@'), (text, at, put) => {
        const cut = at % (text.length + 1);
        const broken = text.slice(0, cut) + put + text.slice(cut + 1);
        const message = said(broken);
        if (message.startsWith('no error')) return;
        const [, line = '', column = ''] = /^line (\d+), column (\d+): \S/.exec(message) ?? [];
        const lines = broken.split('\n');
        expect(Number(line)).toBeLessThanOrEqual(lines.length);
        expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1] ?? '').length + 1);
      }),
    );
    const deep = '['.repeat(200_000);
    expect(said(deep)).toBe('line 1, column 200001: the file ends in the middle');
  });
});
