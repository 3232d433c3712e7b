import { inWords, type RemedyPart } from '@gdbench/storage/remedy';
import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Faults } from './faults.tsx';
import { Remedy } from './remedy.tsx';

const fault = { file: 'a', message: 'm', expected: 'e', found: 'f', remedy: 'r', namesPlaceholder: false };
const shown = (...parts: RemedyPart[]) =>
  renderToStaticMarkup(createElement(Remedy, { parts })).replaceAll(/<(\/?)(\w+)[^>]*>/g, '<$1$2>');
const button = '<button><span>Copy</span></button>';

it('shows a command that ends a remedy on lines of its own, to be copied', () => {
  expect(shown({ words: 'fetch it: ' }, { command: 'cd DIR && git lfs pull' })).toBe(
    `<div><p>Fetch it: </p><div><code>cd DIR &amp;&amp; git lfs pull</code>${button}</div></div>`,
  );
});

it('shows a command in its place where words go on after it', () => {
  expect(
    shown({ words: 'fetch all, ' }, { command: 'hf a' }, { words: ' or ' }, { command: 'cd b' }, { words: ', so' }),
  ).toBe(
    `<div><p>Fetch all, <span><code>hf a</code> ${button}</span> or <span><code>cd b</code> ${button}</span>, so.</p></div>`,
  );
});

it('takes for a command what is one, and not what looks like one', () => {
  expect(shown({ words: 'run `git lfs pull` and DIR' })).toBe(
    '<div><p>Run <code>git lfs pull</code> and DIR.</p></div>',
  );
});

it('loses and adds no word: what is read is the remedy as its sentence says it', () => {
  const word = fc.stringMatching(/^[a-z ,.:()]{1,12}$/);
  const part: fc.Arbitrary<RemedyPart> = fc.oneof(
    word.map((words) => ({ words })),
    word.map((one) => ({ command: one })),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const read = renderToStaticMarkup(createElement(Remedy, { parts }))
        .replaceAll(/ ?<button.*?<\/button>/g, '')
        .replaceAll(/<[^>]*>/g, '');
      const ends = 'command' in parts.at(-1)! ? '' : '.';
      expect(read.toLowerCase()).toBe(`${inWords(parts).replaceAll('`', '')}${ends}`);
    }),
  );
});

it.each([true, false])('says what DIR stands for where a remedy was made with it: %s', (namesPlaceholder) => {
  const faults = [{ ...fault, namesPlaceholder, remedyParts: [{ words: 'give DIR' }] }];
  const page = renderToStaticMarkup(createElement(Faults, { faults }));
  expect(page.includes('stands for the folder on your machine')).toBe(namesPlaceholder);
});
