import { type ComparedEvaluationFragment, ComparisonDocument } from '../generated/graphql.ts';
import { ApiUnreachable, request } from '../server/request.ts';
import type { Compared } from './findings.ts';

export type Side = ComparedEvaluationFragment;

export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

/** A comparison, or the sentences that say why there is none. */
export type Outcome =
  | { readonly compared: Compared; readonly refusal: null }
  | { readonly compared: null; readonly refusal: Refusal };

/** The first comparison of two evaluations is computed while the reader waits; later ones are kept. */
const PATIENCE_MS = 90_000;

/** `tasks`: null for all. */
export async function compare(left: string, right: string, tasks: readonly string[] | null): Promise<Outcome> {
  const variables = { left, right, tasks: tasks === null ? null : [...tasks] };
  try {
    const { comparison } = await request(ComparisonDocument, variables, PATIENCE_MS);
    return comparison.__typename === 'Comparison'
      ? { compared: comparison, refusal: null }
      : { compared: null, refusal: comparison };
  } catch (error) {
    return { compared: null, refusal: awayRefusal(error) };
  }
}

/** An API that does not answer is told where the figures would stand, so that the rest of the page is shown. */
export function awayRefusal(error: unknown): Refusal {
  if (!(error instanceof ApiUnreachable)) throw error;
  return { message: error.message, remedy: 'Load the page again in a moment.' };
}
