import type { WorkKind } from '../generated/tables.ts';

/** Under which stage the log tells of work of a kind. */
export const STAGE: Readonly<Record<WorkKind, string>> = { INSPECT: 'inspect', SCORE: 'score' };
