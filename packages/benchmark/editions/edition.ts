import type { TaskName } from '../task.ts';

/** What is known of all the data of a task. At least one of `metadata`, `questions` and `dataVersion` tells them from others. */
export interface TaskEdition {
  readonly examples: number;
  /** Images that the examples name, each once. */
  readonly images?: number;
  /** Examples of each subtask or group; data may have further groups, which are of no edition. */
  readonly groups?: Readonly<Record<string, number>>;
  /** Sha256, in hex, of each metadata file, by its path below the data root. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Sha256, in hex, of what is asked (`questionsSha256`): the same where other files ask the same. */
  readonly questions?: string;
  /** Identity of metadata and images together, as `dataVersion` makes it. */
  readonly dataVersion?: string;
}

/** A data set as somebody published it, task by task. */
export interface Edition {
  /** "official" */
  readonly name: string;
  readonly tasks: Readonly<Partial<Record<TaskName, TaskEdition>>>;
}
