// Safe to ship to a browser.

/** A piece of what mends a fault, in reading order: words, or a command that a shell takes as it stands. */
export type RemedyPart = { readonly words: string } | { readonly command: string };

/** What mends a fault, as an imperative without a full stop. */
export interface Remedy {
  readonly parts: readonly RemedyPart[];
  /** Whether PLACEHOLDER stands somewhere in it for the folder, whose name is not known where the fault was found. */
  readonly namesPlaceholder: boolean;
}

/** A command, and whether PLACEHOLDER stands in it. */
export interface Command {
  readonly command: string;
  readonly namesPlaceholder: boolean;
}

/** A path, quoted for the place where it is to stand. */
export interface Argument {
  readonly text: string;
  readonly namesPlaceholder: boolean;
}

/** What a checkpoint's folder is called where a reader is told of it: by a path to it, or by a word that stands for one. */
export interface FolderName {
  readonly path: string;
  readonly isPlaceholder: boolean;
}

/** Stands for a folder that lies on the reader's machine under a name that only the reader knows. */
export const PLACEHOLDER = 'DIR';
export const UNKNOWN_FOLDER: FolderName = { path: PLACEHOLDER, isPlaceholder: true };

/** A folder by a path to it. */
export const folderCalled = (path: string): FolderName => ({ path, isPlaceholder: false });

/** A path that a shell and Python take as it stands, in quotation marks of either within those of the other. */
export const PLAIN = /^(?!-)[\p{L}\p{M}\p{N} ./_@+=,:~()-]+$/u;

/** A command out of its text, and of paths and other commands in it. */
export function command(texts: TemplateStringsArray, ...values: readonly (string | Argument | Command)[]): Command {
  return {
    command: interleaved(texts, values.map(textOf)).join(''),
    namesPlaceholder: values.some(namesPlaceholder),
  };
}

const textOf = (value: string | Argument | Command): string =>
  typeof value === 'string' ? value : 'text' in value ? value.text : value.command;

/** A remedy out of words, and of paths, commands and other remedies in them. */
export function remedy(
  texts: TemplateStringsArray,
  ...values: readonly (string | Argument | Command | Remedy)[]
): Remedy {
  const parts = interleaved(
    texts.map((words) => [{ words }]),
    values.map(partsOf),
  ).flat();
  return { parts: joined(parts), namesPlaceholder: values.some(namesPlaceholder) };
}

/** A remedy of words alone. */
export const ofWords = (words: string): Remedy => remedy`${words}`;

const partsOf = (value: string | Argument | Command | Remedy): readonly RemedyPart[] => {
  if (typeof value === 'string') return [{ words: value }];
  if ('parts' in value) return value.parts;
  return 'text' in value ? [{ words: value.text }] : [{ command: value.command }];
};

const namesPlaceholder = (value: string | { readonly namesPlaceholder: boolean }): boolean =>
  typeof value !== 'string' && value.namesPlaceholder;

function interleaved<T>(between: readonly T[], values: readonly T[]): T[] {
  return between.flatMap((one, i) => (i < values.length ? [one, values[i]!] : [one]));
}

/** The same with words that follow each other in one part, and without empty ones. */
function joined(parts: readonly RemedyPart[]): RemedyPart[] {
  const all: RemedyPart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if ('words' in part && part.words === '') continue;
    if ('words' in part && last && 'words' in last) all[all.length - 1] = { words: last.words + part.words };
    else all.push(part);
  }
  return all;
}

/** The remedy as a sentence quotes it: its commands between backticks. */
export function inWords(parts: readonly RemedyPart[]): string {
  return parts.map((part) => ('words' in part ? part.words : `\`${part.command}\``)).join('');
}

/** An imperative as a sentence. */
export function asSentence(imperative: string): string {
  return `${imperative.charAt(0).toUpperCase()}${imperative.slice(1)}.`;
}
