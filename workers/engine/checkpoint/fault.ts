/**
 * How much of the checkpoint a fault spoils; the order in which faults are told. `kind`: what is there is no model that can be
 * scored at all. `file`: a file is missing, or is not what its name says. `setting`: a file says something that cannot be served.
 */
export const GRAVITIES = ['kind', 'file', 'setting'] as const;
export type Gravity = (typeof GRAVITIES)[number];

/** One thing that is wrong with a checkpoint's files. */
export interface Fault {
  /** Path inside the checkpoint's folder, with forward slashes; empty for the folder as a whole. */
  readonly file: string;
  /** One whole sentence: what is wrong and where, what to do. */
  readonly message: string;
  /** What should be there, and what is; null where the sentence says both in words of its own. */
  readonly expected: string | null;
  readonly found: string | null;
  /** What mends it: a command where there is one. */
  readonly remedy: string | null;
  readonly gravity: Gravity;
}

/** The parts of a fault, of which its sentence is made. */
export interface FaultParts {
  readonly file: string;
  /** Words that go on after the file's name: "is a Git LFS pointer". */
  readonly found: string;
  /** A noun: "an ONNX model". */
  readonly expected: string;
  /** An imperative without a full stop: "run `git lfs pull` in the folder that was cloned". */
  readonly remedy: string;
  readonly gravity: Gravity;
}

/** The checkpoint itself is at fault, in one way or in several, the gravest first. The message is one line. */
export class CheckpointFault extends Error {
  override readonly name = 'CheckpointFault';
  readonly faults: readonly [Fault, ...Fault[]];

  /** One fault: its parts, or its file and a whole sentence whose remedy stands behind the last semicolon. */
  constructor(parts: FaultParts);
  constructor(file: string, message: string);
  constructor(faults: readonly [Fault, ...Fault[]]);
  constructor(first: FaultParts | string | readonly [Fault, ...Fault[]], message = '') {
    const faults = Array.isArray(first)
      ? (first as readonly [Fault, ...Fault[]])
      : ([typeof first === 'string' ? fromSentence(first, message) : fromParts(first as FaultParts)] as const);
    super(oneLine(faults));
    this.faults = faults;
  }

  /** Of the gravest fault. */
  get file(): string {
    return this.faults[0].file;
  }
}

function fromParts({ file, found, expected, remedy, gravity }: FaultParts): Fault {
  const message = `${file === '' ? 'The folder' : file} ${found}, where ${expected} is expected; ${remedy}.`;
  return { file, message, expected, found, remedy, gravity };
}

function fromSentence(file: string, message: string): Fault {
  const cut = message.lastIndexOf('; ');
  const remedy = cut < 0 ? null : message.slice(cut + 2).replace(/\.$/, '');
  return { file, message, expected: null, found: null, remedy, gravity: file === '' ? 'kind' : 'file' };
}

/** All sentences in one line, parted by semicolons. */
function oneLine(faults: readonly Fault[]): string {
  const last = faults.length - 1;
  return faults.map(({ message }, i) => (i < last ? message.replace(/\.$/, '') : message)).join('; ');
}

/** Collects faults, so that all are told at once. */
export class Faults {
  readonly #found: Fault[] = [];

  /** Runs one reading; its faults are kept, and then there is no value. Other errors are thrown on. */
  async attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CheckpointFault)) throw error;
      this.add(...error.faults);
      return undefined;
    }
  }

  /** The same sentence is told once. */
  add(...faults: readonly Fault[]): void {
    for (const fault of faults)
      if (!this.#found.some(({ message }) => message === fault.message)) this.#found.push(fault);
  }

  /** @throws CheckpointFault with all that were collected, the gravest first, where there are any. */
  settle(): void {
    const [first, ...rest] = GRAVITIES.flatMap((gravity) => this.#found.filter((fault) => fault.gravity === gravity));
    if (first) throw new CheckpointFault([first, ...rest]);
  }
}

/** The data set cannot be read: nothing about the checkpoint is wrong. */
export class DataFault extends Error {
  override readonly name = 'DataFault';
}

/** An image cannot be read. */
export class ImageFault extends DataFault {
  /** What is wrong with it, a phrase that does not name it. */
  readonly why: string;

  constructor(file: string, why: string) {
    super(`The image ${file} cannot be read: ${why}.`);
    this.why = why;
  }
}
