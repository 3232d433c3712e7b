import type { z } from 'zod';
import { SettingsFault } from './fault.ts';
import type { Defaulted, Variable } from './variable.ts';
import { type Name, VARIABLES } from './variables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable. */
export const ALL = Object.keys(VARIABLES) as Name[];

/** What a variable holds: absent only where it has no default and need not be set. */
type ValueOf<N extends Name, Required extends Name> =
  | z.output<(typeof VARIABLES)[N]['type']>
  | ((typeof VARIABLES)[N] extends { value: unknown } ? never : N extends Required ? never : undefined);

export type Settings<N extends Name, Required extends Name = never> = { readonly [K in N]: ValueOf<K, Required> };

/**
 * Reads variables of the environment; an empty one counts as not set.
 *
 * @param required variables without a default that must be set.
 * @throws SettingsFault with all that is wrong
 */
export function readSettings<const N extends Name, const R extends N = never>(
  names: readonly N[],
  { env = process.env, required = [] }: { env?: Environment; required?: readonly R[] } = {},
): Settings<N, R> {
  const faults: string[] = [];
  const read = names.map((name) => {
    const variable: Variable<unknown> | Defaulted<unknown> = VARIABLES[name];
    const text = env[name];
    if (!text) {
      if (required.some((one) => one === name)) faults.push(sentence(name, 'is not set'));
      return [name, 'value' in variable ? variable.value : undefined];
    }
    const { success, data } = variable.type.safeParse(text);
    if (!success) faults.push(sentence(name, variable.secret ? 'is something else' : `is ${shown(text)}`));
    return [name, data];
  });
  if (faults.length > 0) throw new SettingsFault(faults.join('\n'));
  return Object.fromEntries(read) as Settings<N, R>;
}

/** Whether a variable is set, whatever its default. */
export function isSet(name: Name, env: Environment = process.env): boolean {
  return Boolean(env[name]);
}

/** What is wrong with a variable, in one sentence. */
export function sentence(name: Name, found: string): string {
  return `${name} ${found}: give ${VARIABLES[name].expected}.`;
}

/** On one line, cut where it is long; what steers a terminal is escaped. */
export function shown(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '\ufffd');
}
