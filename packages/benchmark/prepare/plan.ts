import type { TaskName } from '../task.ts';
import type { SetName } from './affinity.ts';
import type { PrepareContext } from './context.ts';
import type { FoundFile, LeftOut } from './found.ts';

/** A file of texts that is to stand in the data root. */
export interface PlannedText {
  /** Below the root. */
  readonly to: string;
  readonly bytes: Buffer;
  /** The file of which it is made. */
  readonly from: string;
  /** How, where it is not a copy: words that go on after "was". */
  readonly made: string | null;
}

/** What is to be done for a set. */
export interface SetPlan {
  readonly set: SetName;
  /** Those that the metadata hold examples of. */
  readonly tasks: readonly TaskName[];
  readonly texts: readonly PlannedText[];
  /** Images by their places below the root. */
  readonly images: ReadonlyMap<string, FoundFile>;
  /** Files of texts that the set cannot do without, and that were not found. */
  readonly lacking: readonly string[];
  /** Places of images that are neither among these nor in the root. */
  readonly missing: readonly string[];
  /** How many images were not given, and are in the root already. */
  readonly kept: number;
  readonly leftOut: readonly LeftOut[];
  /** Sentences, without a full stop, that are told whatever comes of it. */
  readonly notes: readonly string[];
  /** What sets apart data that are nobody else's: counts, seeds, programs. */
  readonly edition?: Readonly<Record<string, unknown>>;
}

/** How a set is known in what was given, and what is made of it. */
export interface Recipe {
  readonly set: SetName;
  /** Every task that it can serve. */
  readonly tasks: readonly TaskName[];
  /** Null where nothing of it was given. @throws PrepareFault for what cannot be used. */
  plan(context: PrepareContext): Promise<SetPlan | null>;
}
