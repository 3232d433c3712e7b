import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ImageRef, TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import { fileKind, HEAD_BYTES, KIND_PHRASES } from './file-kind.ts';
import { formFault } from './form-fault.ts';
import { jsonFault } from './json-fault.ts';
import type { Metadata } from './official-task.ts';
import { parsePythonJson } from './python-json.ts';

/** A metadata file larger than this is not an official one, and would fill the memory. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Kinds of files that may be metadata; bytes of no known kind are judged by their text. */
const TEXTS: ReadonlySet<string> = new Set(['json', 'text', 'unknown']);

/** A text that is scored. No model reads as many characters as are allowed. */
export const caption = z.string().min(1).max(10_000);

/** Reads and validates a JSON file of the data root; throws DataError. */
export async function readJson<T>(
  task: TaskName,
  root: string,
  path: string,
  schema: z.ZodType<T>,
): Promise<{ metadata: Metadata; value: T }> {
  const { metadata, text } = await readText(task, root, path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const { kind, words } = jsonFault(text);
    throw new FormError(task, path, kind, oneLine(words), asPythonReads(metadata));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { metadata, value: parsed.data };
  const { place, words } = formFault(parsed.error.issues[0]!, json);
  throw new FormError(
    task,
    path,
    'foreign',
    `does not have the official form${place && ` at ${oneLine(place)}`}: ${oneLine(words)}`,
    json,
  );
}

/** JSON of another form than the official file's; what it holds may tell which file it is. */
export class FormError extends DataError {
  /** Undefined where the text is no JSON even to Python. */
  readonly json: unknown;

  constructor(task: TaskName, path: string, kind: 'foreign' | 'lines', fault: string, json: unknown) {
    super(task, path, kind, fault);
    this.json = json;
  }
}

function asPythonReads({ bytes }: Metadata): unknown {
  try {
    return parsePythonJson(bytes);
  } catch {
    return undefined;
  }
}

/** Reads a text file of the data root; throws DataError. */
export async function readText(
  task: TaskName,
  root: string,
  path: string,
): Promise<{ metadata: Metadata; text: string }> {
  const bytes = await readBytes(task, root, path);
  const kind = fileKind(bytes.subarray(0, HEAD_BYTES));
  if (kind === 'lfs-pointer') throw new DataError(task, path, 'pointer', `is ${KIND_PHRASES[kind]}`);
  if (!TEXTS.has(kind)) throw new DataError(task, path, 'foreign', `is ${KIND_PHRASES[kind]}, where text is expected`);
  try {
    return { metadata: { path, bytes }, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new DataError(task, path, 'foreign', 'is not UTF-8 text');
  }
}

async function readBytes(task: TaskName, root: string, path: string): Promise<Buffer> {
  const state = await stateOf(root, path);
  if (state.kind === 'missing') throw new DataError(task, path, 'missing', 'is missing below the data root');
  if (state.kind === 'unreadable') throw new DataError(task, path, state.as, state.fault);
  if (state.bytes > MOST_BYTES) throw new DataError(task, path, 'foreign', 'is larger than 256 MiB');
  try {
    return await readFile(join(root, path));
  } catch (error) {
    throw new DataError(task, path, unreadKind(codeOf(error)), `cannot be read (${codeOf(error)})`);
  }
}

type UnreadKind = 'forbidden' | 'foreign';

/** Of a file or folder that is there and cannot be read. @param code of the system's error. */
export const unreadKind = (code: string): UnreadKind =>
  code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'foreign';

/** A file that can be read, as it was when looked at. */
export interface PresentFile {
  readonly bytes: number;
  /** Differs whenever the content could, but for a change within the file system's clock tick. */
  readonly stamp: string;
  /** Last change by the file system's clock, in milliseconds since 1970. */
  readonly changedAt: number;
}

export type FileState =
  | ({ readonly kind: 'present' } & PresentFile)
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly as: UnreadKind; readonly fault: string };

/** What stands at a path below the root. Links are followed: the tree is the operator's, its metadata are not trusted. */
export async function stateOf(root: string, path: string): Promise<FileState> {
  try {
    const found = await stat(join(root, path), { bigint: true });
    if (!found.isFile()) return { kind: 'unreadable', as: 'foreign', fault: 'is not a file' };
    const { ino, size, mtimeNs, ctimeNs } = found;
    if (size === 0n) return { kind: 'unreadable', as: 'foreign', fault: 'is empty' };
    await access(join(root, path), constants.R_OK);
    return {
      kind: 'present',
      bytes: Number(size),
      stamp: [ino, size, mtimeNs, ctimeNs].join(':'),
      changedAt: Number(ctimeNs / 1_000_000n),
    };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unreadable', as: unreadKind(code), fault: `cannot be read (${code})` };
  }
}

/** A whole image, as an example's list of images holds it. */
export const whole = (path: string): ImageRef => ({ path });

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown fault';
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/\.$/, '');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
