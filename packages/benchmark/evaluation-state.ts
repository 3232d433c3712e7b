/** The states of an evaluation, in the order of the way of a submission. */
export const EVALUATION_STATES = [
  'UPLOADING',
  'INSPECTING',
  'REFUSED',
  'QUEUED',
  'SCORING',
  'DONE',
  'FAILED',
  'CANCELLED',
] as const;
export type EvaluationState = (typeof EVALUATION_STATES)[number];

/** On its way: figures may still come. */
export const UNFINISHED = [
  'UPLOADING',
  'INSPECTING',
  'QUEUED',
  'SCORING',
] as const satisfies readonly EvaluationState[];

export function isUnfinished(state: EvaluationState): boolean {
  return (UNFINISHED as readonly EvaluationState[]).includes(state);
}
