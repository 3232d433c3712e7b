import { quoted } from '../shell.ts';
import type { TaskName } from '../task.ts';

/**
 * A data root that cannot serve a task. The message is one sentence: which file, what is wrong, what to do. Where it names a
 * command, `ROOT` in it stands for the data root, whose place a message that may be shown to everybody does not tell.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly task: TaskName;
  /** Path of the file or folder at fault, relative to the data root, with forward slashes. */
  readonly file: string;
  /** Words that go on after the path. */
  readonly fault: string;
  /** What to do; null where the fault says it. */
  readonly remedy: string | null;

  constructor(task: TaskName, file: string, fault: string, remedy: string | null = null) {
    super(`${file} ${fault}${remedy === null ? '' : `: ${remedy}`}.`);
    this.task = task;
    this.file = file;
    this.fault = fault;
    this.remedy = remedy;
  }
}

/** Remedies that a look at what lies there instead may replace by a better one. */
export const PUT_FILE = 'put the official file there';
export const PUT_FILES = 'put the official files there';
export const REPLACE_FILE = 'replace it by the official file';
/** Stands for the command that mends the task's data, in a remedy. */
export const PREPARE = 'prepare it';

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
