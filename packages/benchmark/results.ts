import type { Protocol } from './protocol.ts';
import type { DataEdition } from './task.ts';

/** What the tasks of some results were read from. */
export interface DataSet {
  /** What its root calls itself, both or neither. */
  readonly name: string | null;
  readonly version: string | null;
  /** dataSetSha256 over these tasks: that of the board where they are all that the root can serve. Null where there are none. */
  readonly sha256: string | null;
}

/** What results.json holds of a task. */
export interface TaskEntry {
  readonly n: number;
  readonly ties: number | null;
  readonly dataVersion: string;
  /** Whether these are all examples of an edition that is known; only then do they rank. Absent in results of before. */
  readonly edition?: DataEdition;
  /** What a reader should know of the data, a sentence each: files that were not read, groups of unequal size. Absent: nothing. */
  readonly notes?: readonly string[];
  readonly chance: Readonly<Record<string, number>>;
  /** null: undefined on these scores. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
  /** Examples behind each metric; of an effect size and its p, images of X and of Y. Absent in results of before. */
  readonly counts?: Readonly<Record<string, number | readonly [number, number]>>;
  /** What --skip-missing left out: examples, and how many images were the reason. Absent where nothing was. */
  readonly skipped?: { readonly examples: number; readonly missing: number; readonly unreadable: number };
}

/** What `gdbench evaluate` writes to results.json. */
export interface Results {
  /** Name of the checkpoint's folder. */
  readonly checkpoint: string;
  readonly checkpointSha256: string;
  readonly codeVersion: string;
  readonly protocol: Protocol;
  /** null where nothing is sampled. */
  readonly samples: number | null;
  readonly seed: number | null;
  /** Whether every example of a known edition of each task was scored: other figures have no place in a ranking. */
  readonly rankable: boolean;
  readonly dataSet: DataSet;
  readonly tasks: Readonly<Record<string, TaskEntry>>;
}
