import { MAX_NAME_LENGTH, UNPRINTABLE } from '@gdbench/benchmark/checkpoint-name';
import { isProtocol, PROTOCOLS } from '@gdbench/benchmark/protocol';
import { checkpointFiles, pathInside } from '@gdbench/storage/checkpoint-files';
import {
  checkManifestPath,
  clashesOf,
  clashMisfit,
  countMisfit,
  MAX_FILES,
  totalMisfit,
} from '@gdbench/storage/manifest';
import { asSentence, inWords } from '@gdbench/storage/remedy';
import type { SubmitCheckpointInput } from '../generated/resolvers.ts';

/** What is wrong with a submission, in which input field, and what to do. */
export interface ManifestFault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** A file of the checkpoint among those that a submission lists. */
export interface ListedFile {
  /** Its place in the submission's list. */
  readonly index: number;
  /** Inside the checkpoint's folder. */
  readonly path: string;
  /** As it was listed. */
  readonly given: string;
  readonly size: number;
  readonly sha256: string;
}

/** The checkpoint's files: junk, and what lies beside its folder, are no part of it, whoever sends them (checkpointFiles). */
export function listedFiles(files: SubmitCheckpointInput['files']): ListedFile[] {
  const { root, paths } = checkpointFiles(files.map(({ path }) => path));
  const kept = new Set(paths);
  return files.flatMap(({ path, size, sha256 }, index) =>
    kept.has(path) ? [{ index, path: pathInside(root, path), given: path, size, sha256 }] : [],
  );
}

/** The first fault of a submission, or null. Everything in it is a stranger's. */
export function findFault(
  { name, protocol }: SubmitCheckpointInput,
  files: readonly ListedFile[],
): ManifestFault | null {
  return (
    nameFault(name) ??
    protocolFault(protocol) ??
    countFault(files) ??
    fileFault(files) ??
    clashFault(files) ??
    totalFault(files)
  );
}

/** Whether it fits the kind of checkpoint is known once the files have been inspected. */
function protocolFault(protocol: string | null | undefined): ManifestFault | null {
  if (protocol == null || isProtocol(protocol)) return null;
  return {
    code: 'INVALID_PROTOCOL',
    field: 'protocol',
    message: `There is no protocol ${JSON.stringify(protocol.slice(0, 60))}.`,
    remedy: `Leave it out, or give one of ${PROTOCOLS.join(', ')}.`,
  };
}

function nameFault(name: string): ManifestFault | null {
  const length = [...name].length;
  const remedy = `Give a name of 1 to ${MAX_NAME_LENGTH} printable characters.`;
  if (name.trim() === '') return { code: 'INVALID_NAME', field: 'name', message: 'The name is empty.', remedy };
  if (length > MAX_NAME_LENGTH)
    return { code: 'INVALID_NAME', field: 'name', message: `The name has ${length} characters.`, remedy };
  if (UNPRINTABLE.test(name))
    return { code: 'INVALID_NAME', field: 'name', message: 'The name has characters that cannot be shown.', remedy };
  if (name !== name.trim())
    return { code: 'INVALID_NAME', field: 'name', message: 'The name begins or ends with a space.', remedy };
  return null;
}

function countFault(files: readonly ListedFile[]): ManifestFault | null {
  if (files.length === 0)
    return {
      code: 'NO_FILES',
      field: 'files',
      message: 'The manifest lists no file of a checkpoint.',
      remedy: 'Submit the folder that holds the exported model.',
    };
  if (files.length <= MAX_FILES) return null;
  const { found, expected, remedy } = countMisfit(files.map(({ path }) => path));
  const message = `The manifest ${found}, where ${expected} is expected.`;
  return { code: 'TOO_MANY_FILES', field: 'files', message, remedy: asSentence(inWords(remedy.parts)) };
}

function fileFault(files: readonly ListedFile[]): ManifestFault | null {
  const sizes = new Map<string, ListedFile>();
  for (const file of files) {
    const { index, given, size, sha256 } = file;
    const at = `files[${index}]`;
    const pathProblem = checkManifestPath(given);
    if (pathProblem !== null)
      return {
        code: 'INVALID_PATH',
        field: `${at}.path`,
        message: pathProblem,
        remedy: 'Give paths relative to the checkpoint folder, with forward slashes.',
      };
    if (!Number.isSafeInteger(size) || size < 0)
      return {
        code: 'INVALID_SIZE',
        field: `${at}.size`,
        message: `The size of ${given} is ${size}.`,
        remedy: 'Give its bytes as a whole number.',
      };
    if (!SHA256.test(sha256))
      return {
        code: 'INVALID_SHA256',
        field: `${at}.sha256`,
        message: `The sha256 of ${given} is not 64 lower-case hex digits.`,
        remedy: 'Give the sha256 of its bytes.',
      };
    const same = sizes.get(sha256);
    if (same !== undefined && same.size !== size)
      return wrongSize(
        at,
        `${given} has ${size} bytes and ${same.given} has ${same.size}, but both have the same sha256.`,
      );
    sizes.set(sha256, file);
  }
  return null;
}

/** No two may be one file, and none may stand where another's folder is. */
function clashFault(files: readonly ListedFile[]): ManifestFault | null {
  const [clash] = clashesOf(files.map(({ given }) => given));
  if (!clash) return null;
  const [{ index, given }, other] = [files[clash.at]!, files[clash.beside]!];
  const { found, remedy } = clashMisfit(clash.kind, other.given);
  return {
    code: 'DUPLICATE_PATH',
    field: `files[${index}].path`,
    message:
      given === other.given
        ? `${given} is listed twice, as files[${other.index}] and files[${index}].`
        : `${given} ${found} (files[${other.index}]).`,
    remedy: asSentence(inWords(remedy.parts)),
  };
}

function wrongSize(at: string, message: string): ManifestFault {
  return { code: 'INVALID_SIZE', field: `${at}.size`, message, remedy: 'Give the size and the sha256 of its bytes.' };
}

/** The first file of which the service holds another number of bytes than the manifest says; `stored` is by sha256. */
export function storedSizeFault(
  files: readonly ListedFile[],
  stored: ReadonlyMap<string, number>,
): ManifestFault | null {
  for (const { index, given, size, sha256 } of files) {
    const held = stored.get(sha256);
    if (held !== undefined && held !== size)
      return wrongSize(
        `files[${index}]`,
        `${given} has ${size} bytes in the manifest, but the file with its sha256 has ${held}.`,
      );
  }
  return null;
}

function totalFault(files: readonly ListedFile[]): ManifestFault | null {
  const wrong = totalMisfit(files.map(({ size }) => size));
  if (!wrong) return null;
  const message = `The manifest ${wrong.found}, where ${wrong.expected} is expected.`;
  return { code: 'TOO_LARGE', field: 'files', message, remedy: asSentence(inWords(wrong.remedy.parts)) };
}
