export {
  type CreatedSubmission,
  createSubmission,
  type NewSubmission,
} from './submissions/create-submission.ts';
export { type EvaluatedAgain, evaluateAgain } from './submissions/evaluate-again.ts';
export { failUpload } from './submissions/fail-upload.ts';
export { fileStored } from './submissions/file-stored.ts';
export { type FileRow, readFile } from './submissions/read-file.ts';
export {
  readSubmission,
  readSubmissionsOf,
  type SubmissionFileRow,
  type SubmissionRow,
} from './submissions/read-submission.ts';
export { readWaiting, type WaitingSubmission } from './submissions/read-waiting.ts';
