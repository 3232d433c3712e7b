import { z } from 'zod';

/** A variable of the environment: declared once, for whoever reads it and for the table of settings. */
export interface Variable<T> {
  /** What it sets, a noun. */
  readonly means: string;
  /** What may stand in it, a noun that goes on after "give". */
  readonly expected: string;
  /** What counts where it is not set, in words. */
  readonly otherwise: string;
  /** It may hold a password: no sentence shows it. */
  readonly secret?: true;
  /** Reads its text, which is never empty. */
  readonly type: z.ZodType<T, string>;
}

/** One that has a value where it is not set. */
export interface Defaulted<T> extends Variable<T> {
  readonly value: T;
}

type Said = Pick<Variable<unknown>, 'means'> & Partial<Pick<Variable<unknown>, 'otherwise' | 'secret'>>;

/** A whole number from `least` to `most`. */
export function whole<S extends Said & { value?: number }>(least: number, most: number, said: S) {
  const type = z.string().transform((text, context) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    context.addIssue('another');
    return z.NEVER;
  });
  return { otherwise: String(said.value), ...said, expected: `a whole number from ${least} to ${most}`, type };
}

/** One word of a list. */
export function oneOf<const W extends string, const S extends Said & { value?: W }>(words: readonly W[], said: S) {
  const type = z.string().pipe(z.enum(words));
  return { otherwise: String(said.value), ...said, expected: `one of ${words.join(', ')}`, type };
}

/** The address of a site, without a slash at its end. */
export function site<S extends Said>(example: string, said: S & { otherwise: string }) {
  const type = z
    .string()
    .pipe(z.url({ protocol: /^https?$/ }))
    .transform((url) => url.replace(/\/+$/, ''));
  return { ...said, expected: `an address like ${example}`, type };
}

/** The path of a folder or a file. */
export function path<S extends Said>(expected: string, said: S & { otherwise: string }) {
  return { ...said, expected, type: z.string().refine((text) => !text.includes('\0')) };
}
