import type { DataEdition } from '../task.ts';

/** "whole, official"; "part, 10 of 400"; "unknown edition" */
export function editionWords({ state, name, examples, of }: DataEdition): string {
  if (state === 'unknown') return 'unknown edition';
  if (state === 'whole') return `whole, ${name}`;
  return of === null ? 'part' : `part, ${examples.toLocaleString('en')} of ${of.toLocaleString('en')}`;
}

/** Why figures on such data have no place in a ranking, as words that go on after the task's name; null for whole data. */
export function noRankWords(edition: DataEdition): string | null {
  if (edition.state === 'whole') return null;
  if (edition.state === 'unknown') return 'is of no edition that is known';
  return edition.of === null || edition.name === null
    ? 'is a part of its edition'
    : `is a part of the ${edition.name} edition (${edition.examples.toLocaleString('en')} of ${edition.of.toLocaleString('en')} examples)`;
}

/** The same edition where so many examples were scored: a part where these are not all that the data have. */
export function editionOf(edition: DataEdition, scored: number): DataEdition {
  if (scored >= edition.examples) return edition;
  return { ...edition, state: edition.state === 'whole' ? 'part' : edition.state, examples: scored };
}
