import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is expected and found where a JSON value has another form than it should: "a number above 0 is expected, and 0 found". */
export function formFault(issue: Issue, json: unknown): { place: string; words: string } {
  const found = issue.path.reduce<unknown>((value, key) => (isRecord(value) ? value[key as string] : undefined), json);
  const place = issue.path.map(String).join(', ');
  if (issue.code === 'invalid_key')
    return {
      place,
      words: `${issue.issues[0]?.message ?? 'another key'} is expected as a key, and ${shown(issue.path.at(-1))} found`,
    };
  const expected = expectedBy(issue);
  return { place, words: `${expected} is expected, and ${shown(found)} found` };
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
};

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? 'another value';
    case 'too_small':
      return sized(
        issue.origin,
        Number(issue.minimum),
        issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'above',
      );
    case 'too_big':
      return sized(
        issue.origin,
        Number(issue.maximum),
        issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'below',
      );
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    // a rule of ours, which says what it expects
    case 'custom':
      return issue.message;
    default:
      return 'another value';
  }
}

function sized(origin: string, bound: number, how: 'exactly' | 'at least' | 'above' | 'at most' | 'below'): string {
  if (origin === 'string')
    return how === 'at least' && bound === 1 ? 'a text that is not empty' : `a text of ${how} ${bound} characters`;
  if (origin === 'array') return how === 'exactly' ? `a list of ${bound}` : `a list of ${how} ${bound}`;
  return how === 'above' || how === 'below' ? `a number ${how} ${bound}` : `a number of ${how} ${bound}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `a text of ${String(value).length} characters` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
