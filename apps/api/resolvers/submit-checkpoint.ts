import { createSubmission, readSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/manifest';
import type { Storage } from '@gdbench/storage/storage';
import type { Resolvers } from '../generated/resolvers.ts';
import { findFault } from '../upload/manifest.ts';
import { isRefusal } from '../upload/store.ts';

/** Questions to the storage that are under way at once; an object store answers each over the network. */
const AT_ONCE = 16;

export const submitCheckpoint: Resolvers = {
  Mutation: {
    async submitCheckpoint(_root, { input }, { db, storage, uploads, budget }) {
      const fault = findFault(input);
      if (fault) return { __typename: 'InvalidInputError', ...fault };
      const { name, files } = input;
      const storedHashes = await present(storage, new Set(files.map(({ sha256 }) => sha256)));
      const sha256 = checkpointSha256(files);
      const { submissionId } = await createSubmission(db, { name, files, sha256, storedHashes, ...budget });
      const before = await readSubmission(db, submissionId);
      // of a repeated submission, files may have arrived whole without having been stored
      for (const file of before?.files ?? [])
        if (!file.stored) await uploads.finishIfComplete(file.id).catch(sentAgain);
      const submission = await readSubmission(db, submissionId);
      if (submission === null) throw new Error(`Submission ${submissionId} is gone.`);
      return { __typename: 'SubmitCheckpointSuccess', submission };
    },
  },
};

/** Those of the hashes whose files the storage holds. */
async function present(storage: Storage, hashes: ReadonlySet<string>): Promise<Set<string>> {
  const waiting = [...hashes];
  const found = new Set<string>();
  const ask = async () => {
    for (let hash = waiting.pop(); hash !== undefined; hash = waiting.pop())
      if (await storage.has(hash)) found.add(hash);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return found;
}

/** A complete upload with the wrong bytes is gone now: the file is simply to be sent again. */
function sentAgain(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
