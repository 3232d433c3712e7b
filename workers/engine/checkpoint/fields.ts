import { printable } from '@gdbench/storage/printable';
import { type Faults, faultOf } from './fault.ts';
import { jsonText } from './json-text.ts';

/** A JSON file of the checkpoint, or an object inside one. */
export interface JsonPart {
  readonly file: string;
  /** What stands before a field's name: '' or 'image_processor.'. */
  readonly at: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Larger than any mean or deviation of pixels. */
const MOST = 1e6;
/** Longest value that is shown whole. */
const SHOWN = 80;

/** A value as JSON, short and on one line. */
export function shown(value: unknown): string {
  return printable(jsonText(value), SHOWN);
}

/**
 * Reads the fields of a JSON object, and collects a fault for each that cannot be served. An absent field and a null are the same:
 * both mean the default.
 */
export class Fields {
  readonly part: JsonPart;
  readonly #faults: Faults;

  constructor(part: JsonPart, faults: Faults) {
    this.part = part;
    this.#faults = faults;
  }

  /** The value, undefined where there is none. */
  value(name: string): unknown {
    return this.#raw(name) ?? undefined;
  }

  #raw(name: string): unknown {
    return Object.hasOwn(this.part.json, name) ? this.part.json[name] : undefined;
  }

  /** A null is as good as no word only where both mean false: some versions of transformers read it as false, others as the default. */
  flag(name: string, otherwise: boolean): boolean {
    if (otherwise && this.#raw(name) === null)
      this.refuse(name, 'true or false', 'write what the model was trained with');
    return this.read(name, otherwise, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A finite number within bounds. */
  number(name: string, otherwise: number, expected: string, fits: (value: number) => boolean = () => true): number {
    return this.read(name, otherwise, expected, (value) =>
      typeof value === 'number' && Number.isFinite(value) && fits(value) ? value : undefined,
    );
  }

  /** A number a channel; a bare number is for all three. */
  channels(name: string, otherwise: readonly number[], not0 = false): readonly number[] {
    const fits = (value: number) => Math.abs(value) < MOST && !(not0 && Math.fround(value) === 0);
    return this.read(name, otherwise, `a number${not0 ? ' other than 0' : ''}, or three of them`, (value) => {
      const three = typeof value === 'number' ? [value, value, value] : value;
      if (!Array.isArray(three) || three.length !== 3) return undefined;
      return three.every((one) => typeof one === 'number' && fits(one)) ? three : undefined;
    });
  }

  oneOf<T extends string>(name: string, otherwise: T, values: readonly T[]): T {
    const expected = values.map((value) => `"${value}"`).join(' or ');
    return this.read(name, otherwise, expected, (value) => values.find((one) => one === value));
  }

  /** What `parse` makes of the value; where that is undefined, a fault, and the default in its place. */
  read<T>(name: string, otherwise: T, expected: string, parse: (value: unknown) => T | undefined): T {
    const value = this.value(name);
    if (value === undefined) return otherwise;
    const parsed = parse(value);
    if (parsed === undefined) this.refuse(name, expected);
    return parsed ?? otherwise;
  }

  /** @param remedy what to do; where it is left out, to write what the model was trained with. */
  refuse(name: string, expected: string, remedy = 'write the value that the model was trained with'): void {
    const { file, at } = this.part;
    const value = this.#raw(name);
    const field = `\`${at}${printable(name, SHOWN)}\``;
    const found = value === undefined ? `has no ${field}` : `says ${field} is ${shown(value)}`;
    this.#faults.add(faultOf({ file, found, expected, remedy, gravity: 'setting' }));
  }

  /** Refuses every field that has a value and is none of the names. */
  allow(names: readonly string[], whose: string, remedy: string): void {
    const known = new Set(names);
    for (const name of Object.keys(this.part.json)) {
      if (known.has(name) || this.value(name) === undefined) continue;
      this.refuse(name, `a field that ${whose} reads`, remedy);
    }
  }
}
