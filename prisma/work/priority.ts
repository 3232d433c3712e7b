import type { WorkKind } from '../generated/tables.ts';

/**
 * Less goes first. Inspections come first: a submitter learns soon whether the files are fit; then plans, which are short. What was
 * begun before, and lost, failed or given back, goes before what was not.
 */
export const PRIORITY: Readonly<Record<WorkKind, { readonly first: number; readonly again: number }>> = {
  INSPECT: { first: 0, again: 0 },
  PLAN: { first: 1, again: 1 },
  SCORE: { first: 10, again: 5 },
};
