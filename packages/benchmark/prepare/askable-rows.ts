import type { z } from 'zod';
import { formFault } from '../load/form-fault.ts';
import { parsePythonJson } from '../load/python-json.ts';
import { PrepareFault } from './prepare-fault.ts';

/** A row that is left out, by its place from 0, and why: "bbox_w: a number above 0 is expected, and 0 found". */
export interface Unasked {
  readonly row: number;
  readonly why: string;
}

export interface AskableRows<T> {
  /** In their order, with whatever else they say. */
  readonly rows: readonly T[];
  readonly unasked: readonly Unasked[];
  /** Of both. */
  readonly of: number;
}

/** Of the rows of a list those that have the form. @throws PrepareFault where none has */
export function askableRows<T extends object>(path: string, list: unknown, form: z.ZodType<T>): AskableRows<T> {
  if (!Array.isArray(list)) throw new PrepareFault(path, 'is no list of rows: download it again');
  const unasked: Unasked[] = [];
  const rows: T[] = [];
  for (const [row, value] of list.entries()) {
    const parsed = form.safeParse(value);
    // what the form does not speak of is kept
    if (parsed.success) rows.push(value);
    else unasked.push({ row, why: whyOf(parsed.error.issues[0]!, value) });
  }
  if (rows.length > 0) return { rows, unasked, of: list.length };
  throw new PrepareFault(path, `holds no row that can be asked${asked(unasked)}: download it again`);
}

function whyOf(issue: z.core.$ZodIssue, value: unknown): string {
  const { place, words } = formFault(issue, value);
  return place === '' ? words : `${place}: ${words}`;
}

const asked = ([first]: readonly Unasked[]): string => (first ? ` (row ${first.row} (from 0), ${first.why})` : '');

/** Rows that a sentence names. */
const NAMED_AT_MOST = 5;

/** "1 of 4 rows cannot be asked and is left out: row 2 (from 0), bbox_w: ..." */
export function unaskedNote({ unasked, of }: Pick<AskableRows<unknown>, 'unasked' | 'of'>): string {
  const named = unasked.slice(0, NAMED_AT_MOST).map(({ row, why }) => `row ${row} (from 0), ${why}`);
  const more = unasked.length > named.length ? `; and ${unasked.length - named.length} more` : '';
  const are = unasked.length === 1 ? 'is' : 'are';
  return `${unasked.length} of ${of} rows cannot be asked and ${are} left out: ${named.join('; ')}${more}`;
}

/** Whether a text is JSON to all, and not to Python alone. */
export function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return true;
  } catch {
    return false;
  }
}

/** The value of a text that Python wrote. @throws PrepareFault */
export function pythonValue(path: string, bytes: Uint8Array): unknown {
  try {
    return parsePythonJson(bytes);
  } catch {
    throw new PrepareFault(path, 'is not valid JSON, or is cut short: download it again');
  }
}
