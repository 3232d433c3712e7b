import type { TaskName } from '../task.ts';

/** A data root that cannot serve a task. The message is one sentence: which file, what is wrong, what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly task: TaskName;
  /** Path of the file or folder at fault, relative to the data root, with forward slashes. */
  readonly file: string;

  constructor(task: TaskName, file: string, fault: string) {
    super(`${file} ${fault}.`);
    this.task = task;
    this.file = file;
  }
}
