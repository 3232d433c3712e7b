import { SubmitCheckpointDocument, type SubmitCheckpointMutation } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import type { Folder } from './folder.ts';
import { sha256Of } from './hash.ts';
import type { Problem } from './machine.ts';
import type { Sendable } from './send.ts';

type Announced = SubmitCheckpointMutation['submitCheckpoint'];
export type Submission = Extract<Announced, { __typename: 'SubmitCheckpointSuccess' }>['submission'];

/**
 * Hashes the folder's files and tells the service of them.
 *
 * @param onHashed hears how many bytes of the folder are hashed, after every piece.
 */
export async function announce(
  origin: string,
  name: string,
  folder: Folder,
  onHashed: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Announced> {
  let done = 0;
  onHashed(done);
  const count = (bytes: number) => {
    done += bytes;
    onHashed(done);
  };
  const files = [];
  for (const { path, file } of folder.files)
    files.push({ path, size: file.size, sha256: await sha256Of(file, count, signal) });
  return (await ask(origin, SubmitCheckpointDocument, { input: { name: name.trim(), files } })).submitCheckpoint;
}

/** Those of the folder's files that the service does not hold yet. */
export function missingOf(folder: Folder, { files }: Submission): Sendable[] {
  const byPath = new Map(folder.files.map(({ path, file }) => [path, file]));
  return files.flatMap(({ id, path, stored, uploadUrl }) => {
    const file = byPath.get(path);
    return file && !stored ? [{ id, file, uploadUrl }] : [];
  });
}

/** Why a folder could not be announced or sent. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof DOMException)) return { field: '', message: (error as Error).message, remedy: '' };
  return {
    field: 'files',
    message: 'A file of the folder can no longer be read.',
    remedy: 'It may have been changed or moved since; choose the folder again.',
  };
}
