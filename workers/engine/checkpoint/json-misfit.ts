import { printable } from '@gdbench/storage/printable';
import type { z } from 'zod';
import { type Fault, faultOf } from './fault.ts';

type Issue = z.core.$ZodIssue;

/** Faults of one file that are told; the others are of the same making. */
const MOST = 10;

/** What is wrong with a file's fields, in words of ours: each field with what it holds and what it should. */
export function misfitsOf(file: string, value: unknown, { issues }: z.ZodError): Fault[] {
  return issues.slice(0, MOST).map((issue) => {
    const field = fieldOf(issue.path);
    const held = valueAt(value, issue.path);
    const expected = expectedBy(issue) ?? 'a value that GDBench can use';
    return faultOf({
      file,
      found: foundIn(held, issue),
      expected: expected === TYPES.number && typeof held === 'number' ? 'a finite number' : expected,
      remedy: `${field === '' ? 'correct the file' : `correct \`${field}\``}, or take the file from where the model was published`,
      gravity: 'setting',
    });
  });
}

const fieldOf = (path: Issue['path']): string => printable(path.map(String).join('.'), 80);

const valueAt = (root: unknown, path: Issue['path']): unknown =>
  path.reduce<unknown>((of, key) => (of as Record<PropertyKey, unknown> | undefined)?.[key], root);

function foundIn(value: unknown, issue: Issue): string {
  const field = fieldOf(issue.path);
  // a sentence of the schema's own, which says why the value cannot be used
  const why = issue.code === 'custom' ? ` (${issue.message})` : '';
  if (value === undefined) return field === '' ? 'holds nothing' : `lacks \`${field}\`${why}`;
  return field === '' ? `holds ${inWords(value)}${why}` : `has ${inWords(value)} as \`${field}\`${why}`;
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(printable(value, 60))}`;
  if (Array.isArray(value)) {
    const plain = value.length <= 8 && value.every((one) => typeof one === 'number');
    return plain ? `the list [${value.join(', ')}]` : `a list of ${value.length}`;
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** A noun for what a field should hold; null where only the schema's own sentence says it. */
function expectedBy(issue: Issue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? null;
    case 'invalid_value':
      return issue.values.length === 1 ? `${shown(issue.values[0])}` : `one of ${issue.values.map(shown).join(', ')}`;
    case 'too_small':
      return bounded(issue.origin, `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`);
    case 'too_big':
      return bounded(issue.origin, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return unionOf(issue.errors);
    default:
      return null;
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? `\`${value}\`` : String(value));

function bounded(origin: string, bound: string): string {
  if (origin === 'string') return `a text of ${bound} characters`;
  if (origin === 'array') return `a list of ${bound}`;
  return `${origin === 'int' ? 'a whole number' : 'a number'} of ${bound}`;
}

/** What each form asks for, each once; that null may stand there is of no help to anybody. */
function unionOf(forms: readonly (readonly Issue[])[]): string | null {
  const words = new Set(forms.map(formOf).filter((word) => word !== null && word !== 'null'));
  return words.size === 0 ? null : [...words].join(' or ');
}

function formOf(issues: readonly Issue[]): string | null {
  const [first] = issues;
  if (first === undefined) return null;
  const fields = new Set(issues.flatMap(({ path }) => (path.length > 0 ? [`\`${fieldOf(path)}\``] : [])));
  return fields.size > 0 ? `an object with ${[...fields].join(' and ')}` : expectedBy(first);
}
