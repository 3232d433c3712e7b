import { quoted } from '../shell.ts';
import type { TaskName } from '../task.ts';

/** What is at fault, with what mends it unless more is known; null where the fault says it. */
export const REMEDIES = {
  /** Not even the task's folder is there. */
  absent: 'put the official files there',
  /** A file is not there. */
  missing: 'put the official file there',
  /** A folder does not hold what it should. */
  unfilled: 'put the official files there',
  /** A file is there that is not the official one. */
  foreign: 'replace it by the official file',
  /** A file has the right rows as JSON lines. */
  lines: 'replace it by the official file',
  /** The official content in another form, which the command that prepares data can write. */
  unprepared: 'prepare it',
  /** A file stands where a folder should. */
  blocked: 'put the official folder in its place',
  /** A pointer of Git LFS stands for the file. */
  pointer: 'run `git lfs pull` in the clone that it came from',
  /** This user may not read it. */
  forbidden: 'let this user read it (chmod, chown)',
  /** Images that examples need are missing or unreadable. */
  images: 'put the official images there',
  /** What is said in a file, or how files are named, cannot be. */
  contents: null,
} as const satisfies Record<string, string | null>;
export type DataErrorKind = keyof typeof REMEDIES;

/**
 * A data root that cannot serve a task. The message is one sentence: which file, what is wrong, what to do. Where it names a
 * command, `ROOT` in it stands for the data root, whose place a message that may be shown to everybody does not tell.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly task: TaskName;
  /** Path of the file or folder at fault, relative to the data root, with forward slashes. */
  readonly file: string;
  readonly kind: DataErrorKind;
  /** Words that go on after the path. */
  readonly fault: string;
  /** What to do; null where the fault says it. */
  readonly remedy: string | null;
  /** Whether something was recognised that lies there instead, as its remedy tells. */
  readonly isRecognised: boolean;

  constructor(
    task: TaskName,
    file: string,
    kind: DataErrorKind,
    fault: string,
    remedy: string | null = REMEDIES[kind],
    isRecognised = false,
  ) {
    super(sentenceOf(file, fault, remedy));
    this.task = task;
    this.file = file;
    this.kind = kind;
    this.fault = fault;
    this.remedy = remedy;
    this.isRecognised = isRecognised;
  }

  /** The same fault with a better remedy, since it was recognised what lies there instead. */
  recognised(remedy: string): DataError {
    return new DataError(this.task, this.file, this.kind, this.fault, remedy, true);
  }

  /** As the message, for a program whose option `flag` leaves out the examples whose images are at fault. */
  withSkipping(flag: string): string {
    return this.kind === 'images' ? sentenceOf(this.file, this.fault, `${this.remedy} with ${flag}`) : this.message;
  }
}

const sentenceOf = (file: string, fault: string, remedy: string | null): string =>
  `${file} ${fault}${remedy === null ? '' : `: ${remedy}`}.`;

/** A command with a folder below the data root, between backticks; null where its name has such a mark itself. */
export function commandBelow(command: string, folder: string): string | null {
  return folder.includes('`') ? null : `\`${command} ${quoted(`ROOT/${folder}`)}\``;
}

/** The sentence with `ROOT` in its commands written out, as a shell takes it. */
export function withRoot(sentence: string, root: string): string {
  return sentence.replace(/`[^`]*`/g, (command) =>
    command.replace(/'ROOT(\/(?:[^']|'\\'')*)'|\bROOT(-prepared|\/[^\s`]*)?/g, (_, inner, rest = '') =>
      quoted(`${root}${inner?.replaceAll(`'\\''`, `'`) ?? rest}`),
    ),
  );
}
