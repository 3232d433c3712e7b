export { cancel } from './evaluations/cancel.ts';
export { EvaluationCursorError, type EvaluationPage, listEvaluations } from './evaluations/list-evaluations.ts';
export { type ArtifactRow, readArtifacts } from './evaluations/read-artifacts.ts';
export { readEvaluation, readEvaluations } from './evaluations/read-evaluations.ts';
export { type LogLineRow, readLog } from './evaluations/read-log.ts';
export type {
  CheckpointFault,
  CheckpointKind,
  CheckpointRow,
  EvaluationDetail,
  EvaluationRow,
  EvaluationState,
  EvaluationTaskRow,
  Fault,
  ManifestFile,
  ResultRow,
} from './evaluations/rows.ts';
export { EVALUATION_STATES } from './evaluations/rows.ts';
export { readScores } from './shards/scores.ts';
export {
  type CreatedSubmission,
  createSubmission,
  type DataVersions,
  type NewSubmission,
} from './submissions/create-submission.ts';
export { fileStored } from './submissions/file-stored.ts';
export { failUpload, readWaiting, type WaitingSubmission } from './submissions/forgotten.ts';
export {
  type FileRow,
  readFile,
  readSubmission,
  readSubmissionsOf,
  type SubmissionFileRow,
  type SubmissionRow,
} from './submissions/read-submission.ts';
