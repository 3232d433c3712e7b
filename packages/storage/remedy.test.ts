import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Argument, type Command, command, inWords, type Remedy, remedy, UNKNOWN_FOLDER } from './remedy.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const argument: fc.Arbitrary<Argument> = fc.record({ text, namesPlaceholder: fc.boolean() });
/** A template's texts and what stands between them. */
const template = <T>(value: fc.Arbitrary<T>) =>
  fc
    .array(value, { maxLength: 5 })
    .chain((values) =>
      fc
        .array(text, { minLength: values.length + 1, maxLength: values.length + 1 })
        .map((texts) => ({ texts: Object.assign(texts, { raw: texts }), values })),
    );
const commands: fc.Arbitrary<Command> = template(fc.oneof(text, argument)).map(({ texts, values }) =>
  command(texts, ...values),
);
const remedies: fc.Arbitrary<Remedy> = template(fc.oneof(text, argument, commands)).map(({ texts, values }) =>
  remedy(texts, ...values),
);

/** What a sentence holds in the place of a value. */
const shown = (value: string | Argument | Command | Remedy): string =>
  typeof value === 'string'
    ? value
    : 'parts' in value
      ? inWords(value.parts)
      : 'text' in value
        ? value.text
        : `\`${value.command}\``;

describe('a remedy', () => {
  it('reads in its parts as the sentence that it was written as, its commands between backticks', () => {
    fc.assert(
      fc.property(template(fc.oneof(text, argument, commands, remedies)), ({ texts, values }) => {
        const { parts, namesPlaceholder } = remedy(texts, ...values);
        expect(inWords(parts)).toBe(String.raw({ raw: texts }, ...values.map(shown)));
        expect(namesPlaceholder).toBe(values.some((value) => typeof value !== 'string' && value.namesPlaceholder));
      }),
    );
  });

  it('has every command whole and in its place, whatever characters are in it, and words in one piece between them', () => {
    fc.assert(
      fc.property(template(fc.oneof(text, argument, commands)), ({ texts, values }) => {
        const { parts } = remedy(texts, ...values);
        const given = values.flatMap((value) =>
          typeof value === 'object' && 'command' in value ? [value.command] : [],
        );
        expect(parts.flatMap((part) => ('command' in part ? [part.command] : []))).toEqual(given);
        expect(parts).not.toContainEqual({ words: '' });
        expect(parts.some((part, i) => 'words' in part && i > 0 && 'words' in parts[i - 1]!)).toBe(false);
      }),
    );
  });

  it('knows from its making that a word stands in it for the folder, and not from its text', () => {
    const called = (path: string, isPlaceholder: boolean) => ({ text: path, namesPlaceholder: isPlaceholder });
    const pull = (dir: Argument) => remedy`fetch it: ${command`cd ${dir} && ${command`git lfs pull`}`}`;
    const unknown = pull(called(UNKNOWN_FOLDER.path, true));
    expect(unknown).toEqual({
      parts: [{ words: 'fetch it: ' }, { command: 'cd DIR && git lfs pull' }],
      namesPlaceholder: true,
    });
    expect(pull(called('DIR', false))).toEqual({ ...unknown, namesPlaceholder: false });
    expect(remedy`give the folder instead of ${called('DIR', true)}`.namesPlaceholder).toBe(true);
  });
});
