import type { WorkKind } from '../generated/tables.ts';

/** Under which stage the log tells of work of a kind. */
export const STAGE = { INSPECT: 'inspect', PLAN: 'plan', SCORE: 'score' } as const satisfies Readonly<
  Record<WorkKind, string>
>;
