import { editionWords } from '@gdbench/benchmark/edition-words';
import type { DataEditionPartsFragment as Edition } from '../generated/graphql.ts';

const STATES = { WHOLE: 'whole', PART: 'part', UNKNOWN: 'unknown' } as const;

/** "whole, official"; "part, 10 of 400"; "unknown edition" */
export function editionText({ state, name = null, of = null, examples }: Edition): string {
  return editionWords({ state: STATES[state], name, of, examples });
}

type Judged = { readonly title: string; readonly edition?: Edition | null };

/** Tasks by the edition of their data, most in a line: "builtin 4, whole", "part: CLEVR (21 of 8,036)"; empty where none is known. */
export function editionLines(tasks: readonly Judged[]): string[] {
  const known = tasks.flatMap(({ title, edition }) => (edition ? [{ title, edition }] : []));
  const of = (state: Edition['state']) => known.filter(({ edition }) => edition.state === state);
  const names = [...new Set(of('WHOLE').map(({ edition }) => edition.name))];
  const whole = names.map((name) => {
    const own = of('WHOLE').filter(({ edition }) => edition.name === name);
    return own.length === known.length
      ? `${name}, whole`
      : `${name}, whole: ${own.map(({ title }) => title).join(', ')}`;
  });
  const parts = of('PART').map(({ title, edition }) => `${title} (${editionText(edition).replace(/^part, /, '')})`);
  const unknown = of('UNKNOWN').map(({ title }) => title);
  return [
    ...whole,
    ...(parts.length > 0 ? [`a part, without a rank: ${parts.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`unknown, without a rank: ${unknown.join(', ')}`] : []),
  ];
}
