export { cancel } from './evaluations/cancel.ts';
export { EvaluationCursorError, type EvaluationPage, listEvaluations } from './evaluations/list-evaluations.ts';
export { readEvaluation, readEvaluations } from './evaluations/read-evaluations.ts';
export type {
  EvaluationDetail,
  EvaluationRow,
  EvaluationTaskRow,
  Fault,
  MeasuredBy,
  ResultRow,
} from './evaluations/rows.ts';
