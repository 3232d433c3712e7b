import type { Example } from '../task.ts';

/** A metadata file as it was read. */
export interface Metadata {
  /** Relative to the data root, with forward slashes. */
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * An example as the official files state it. The paths of its images are relative to the data root, with forward slashes;
 * the files need not exist.
 */
export type OfficialExample = Omit<Example, 'index'>;

/** All that a task's official files state. */
export interface OfficialTask {
  readonly metadata: readonly Metadata[];
  /** In the official order; at least one. */
  readonly examples: readonly OfficialExample[];
  readonly pleasant?: number;
  /** Where one file serves several tasks: all of its rows, of which the examples are some. */
  readonly rows?: number;
  /** What lies in folders whose files are the examples, and is none. */
  readonly unread?: readonly UnreadFile[];
  /** mmbias: groups with images that no pair compares. */
  readonly unused?: readonly UnusedGroup[];
}

/** Images that are not scored, for nothing is said of their group. */
export interface UnusedGroup {
  /** "<Category>/<Group>", as the folders are named. */
  readonly group: string;
  readonly images: number;
}

/** A file, or (with a slash at its end) a folder, in a folder whose files are examples, that is none. */
export interface UnreadFile {
  /** Relative to the data root, with forward slashes. */
  readonly path: string;
  /** Words that go on after the path: "is no .jpg, .jpeg or .png". */
  readonly why: string;
}
