import { MAX_NAME_LENGTH, UNPRINTABLE } from '@gdbench/benchmark/checkpoint-name';
import { isProtocol, PROTOCOLS } from '@gdbench/benchmark/protocol';
import { checkManifestPath } from '@gdbench/storage/manifest';
import type { SubmitCheckpointInput } from '../generated/resolvers.ts';

export const MAX_FILES = 200;
/** 20 GB: a large latent diffusion export with two text encoders. */
export const MAX_TOTAL_BYTES = 20e9;

/** What is wrong with a submission, in which input field, and what to do. */
export interface ManifestFault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The first fault of a submission, or null. Everything in it is a stranger's. */
export function findFault({ name, files, protocol }: SubmitCheckpointInput): ManifestFault | null {
  return (
    nameFault(name) ?? protocolFault(protocol) ?? countFault(files.length) ?? fileFault(files) ?? totalFault(files)
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

function countFault(count: number): ManifestFault | null {
  if (count === 0)
    return {
      code: 'NO_FILES',
      field: 'files',
      message: 'The manifest lists no file.',
      remedy: 'Submit the folder that holds the exported model.',
    };
  if (count > MAX_FILES)
    return {
      code: 'TOO_MANY_FILES',
      field: 'files',
      message: `The manifest lists ${count} files, and a checkpoint has at most ${MAX_FILES}.`,
      remedy: 'Leave out everything that is not part of the exported model.',
    };
  return null;
}

function fileFault(files: SubmitCheckpointInput['files']): ManifestFault | null {
  const seen = new Map<string, number>();
  const sizes = new Map<string, { path: string; size: number }>();
  for (const [index, { path, size, sha256 }] of files.entries()) {
    const at = `files[${index}]`;
    const pathProblem = checkManifestPath(path);
    if (pathProblem !== null)
      return {
        code: 'INVALID_PATH',
        field: `${at}.path`,
        message: pathProblem,
        remedy: 'Give paths relative to the checkpoint folder, with forward slashes.',
      };
    // equal on file systems that ignore case, or compose accents differently
    const key = path.normalize('NFC').toLowerCase();
    const twin = seen.get(key);
    if (twin !== undefined)
      return {
        code: 'DUPLICATE_PATH',
        field: `${at}.path`,
        message: `${path} is the same file as files[${twin}], ${files[twin]?.path}, on systems that do not tell upper from lower case.`,
        remedy: 'List every file once, and rename one of the two.',
      };
    seen.set(key, index);
    if (!Number.isSafeInteger(size) || size < 0)
      return {
        code: 'INVALID_SIZE',
        field: `${at}.size`,
        message: `The size of ${path} is ${size}.`,
        remedy: 'Give its bytes as a whole number.',
      };
    if (!SHA256.test(sha256))
      return {
        code: 'INVALID_SHA256',
        field: `${at}.sha256`,
        message: `The sha256 of ${path} is not 64 lower-case hex digits.`,
        remedy: 'Give the sha256 of its bytes.',
      };
    const same = sizes.get(sha256);
    if (same !== undefined && same.size !== size)
      return wrongSize(
        at,
        `${path} has ${size} bytes and ${same.path} has ${same.size}, but both have the same sha256.`,
      );
    sizes.set(sha256, { path, size });
  }
  return folderFault(seen, files);
}

function wrongSize(at: string, message: string): ManifestFault {
  return { code: 'INVALID_SIZE', field: `${at}.size`, message, remedy: 'Give the size and the sha256 of its bytes.' };
}

/** The first file of which the service holds another number of bytes than the manifest says; `stored` is by sha256. */
export function storedSizeFault(
  files: SubmitCheckpointInput['files'],
  stored: ReadonlyMap<string, number>,
): ManifestFault | null {
  for (const [index, { path, size, sha256 }] of files.entries()) {
    const held = stored.get(sha256);
    if (held !== undefined && held !== size)
      return wrongSize(
        `files[${index}]`,
        `${path} has ${size} bytes in the manifest, but the file with its sha256 has ${held}.`,
      );
  }
  return null;
}

/** No file may stand where another's folder is. */
function folderFault(seen: ReadonlyMap<string, number>, files: SubmitCheckpointInput['files']): ManifestFault | null {
  for (const [key, index] of seen)
    for (let at = key.indexOf('/'); at !== -1; at = key.indexOf('/', at + 1)) {
      const twin = seen.get(key.slice(0, at));
      if (twin !== undefined)
        return {
          code: 'DUPLICATE_PATH',
          field: `files[${twin}].path`,
          message: `${files[twin]?.path} is both a file and the folder of files[${index}], ${files[index]?.path}.`,
          remedy: 'Rename one of the two.',
        };
    }
  return null;
}

function totalFault(files: SubmitCheckpointInput['files']): ManifestFault | null {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total <= MAX_TOTAL_BYTES) return null;
  return {
    code: 'TOO_LARGE',
    field: 'files',
    message: `The files have ${(total / 1e9).toFixed(1)} GB together, and a checkpoint has at most ${MAX_TOTAL_BYTES / 1e9} GB.`,
    remedy: 'Export with 16-bit weights, or leave out files that are not part of the model.',
  };
}
