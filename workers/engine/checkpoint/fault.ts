import { alike } from '@gdbench/storage/alike';
import { inWords, ofWords, type Remedy, type RemedyPart } from '@gdbench/storage/remedy';

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
  /** What should be there, as a noun. */
  readonly expected: string;
  /** What is there: words that go on after the file's name. */
  readonly found: string;
  /** What mends it, as an imperative, its commands between backticks. */
  readonly remedy: string;
  /** The same, its words and its commands apart. */
  readonly remedyParts: readonly RemedyPart[];
  /** Whether a word stands in it for the folder (PLACEHOLDER). */
  readonly namesPlaceholder: boolean;
  readonly gravity: Gravity;
}

/** A fault as it is told to people in sentences. */
export type Told = Omit<Fault, 'gravity' | 'remedyParts' | 'namesPlaceholder'>;

/** The parts of a fault, of which its sentence is made. */
export interface FaultParts {
  readonly file: string;
  /** Words that go on after the file's name: "is a Git LFS pointer". */
  readonly found: string;
  /** A noun: "an ONNX model". */
  readonly expected: string;
  /** An imperative without a full stop; a text holds no command. */
  readonly remedy: string | Remedy;
  readonly gravity: Gravity;
}

/** The checkpoint itself is at fault, in one way or in several, the gravest first. The message is one line. */
export class CheckpointFault extends Error {
  override readonly name = 'CheckpointFault';
  readonly faults: readonly [Fault, ...Fault[]];

  /** One fault by its parts, or several. */
  constructor(of: FaultParts | readonly [Fault, ...Fault[]]) {
    const faults = 'file' in of ? ([faultOf(of)] as const) : of;
    super(oneLine(faults));
    this.faults = faults;
  }

  /** Of the gravest fault. */
  get file(): string {
    return this.faults[0].file;
  }
}

/** A fault out of its parts. */
export function faultOf(parts: FaultParts): Fault {
  const { file, found, expected, gravity } = parts;
  const mend = typeof parts.remedy === 'string' ? ofWords(parts.remedy) : parts.remedy;
  const remedy = inWords(mend.parts);
  const message = `${words(parts)}; ${remedy}.`;
  return {
    file,
    message,
    expected,
    found,
    remedy,
    remedyParts: mend.parts,
    namesPlaceholder: mend.namesPlaceholder,
    gravity,
  };
}

type Wrong = Pick<FaultParts, 'file' | 'found' | 'expected'>;

const words = ({ file, found, expected }: Wrong): string => `${subject(file)} ${found}, where ${expected} is expected`;

/** What is wrong and where, as a sentence of its own. */
export const wrongOf = (fault: Wrong): string => `${words(fault)}.`;

const subject = (file: string): string => (file === '' ? 'The folder' : file);

/** All sentences in one line, parted by semicolons; files of which the same is to be said share one. */
export function oneLine(faults: readonly Told[]): string {
  const sentences = alike(faults).map(sentenceOf);
  const last = sentences.length - 1;
  return sentences.map((sentence, i) => (i < last ? sentence.replace(/\.$/, '') : sentence)).join('; ');
}

/** Files that are named where the same is to be said of many. */
const NAMED = 5;

function sentenceOf([first, ...more]: readonly [Told, ...Told[]]): string {
  const { remedy, message } = first;
  if (more.length === 0) return message;
  const named = more.slice(0, NAMED - 1).map((fault) => fault.file);
  const rest = more.length - named.length;
  const all = rest > 0 ? `${named.join(', ')} and ${rest} more (${more.length + 1} files in all)` : joined(named);
  return `${words(first)}, and the same goes for ${all}; ${remedy}.`;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** More faults than these help nobody. */
export const MOST_FAULTS = 100;

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

  /** The same is told once of a file; more than MOST_FAULTS are not told at all. */
  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      if (this.#found.length >= MOST_FAULTS) return;
      const isTold = ({ file, found, message }: Fault) =>
        message === fault.message || (file === fault.file && found === fault.found);
      if (!this.#found.some(isTold)) this.#found.push(fault);
    }
  }

  /** Whether a fault of this file is among them. */
  names(file: string): boolean {
    return this.#found.some((fault) => fault.file === file);
  }

  /** Those that were collected. */
  gravestFirst(): Fault[] {
    return GRAVITIES.flatMap((gravity) => this.#found.filter((fault) => fault.gravity === gravity));
  }

  /** @throws CheckpointFault with all that were collected, where there are any. */
  settle(): void {
    const [first, ...rest] = this.gravestFirst();
    if (first) throw new CheckpointFault([first, ...rest]);
  }
}

/** The data set cannot be read: nothing about the checkpoint is wrong. */
export class DataFault extends Error {
  override readonly name = 'DataFault';
}

/** An image cannot be read. */
export class ImageFault extends DataFault {
  readonly file: string;
  /** What is wrong with it, a phrase that does not name it. */
  readonly why: string;

  constructor(file: string, why: string) {
    super(`The image ${file} cannot be read: ${why}.`);
    this.file = file;
    this.why = why;
  }
}
