import { createSubmission, readSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import type { Storage } from '@gdbench/storage/storage';
import pMap from 'p-map';
import { actorOf } from '../accounts/viewer.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { findFault, listedFiles, storedSizeFault } from '../upload/manifest.ts';
import { isRefusal } from '../upload/store.ts';

/** Questions to the storage that are under way at once; an object store answers each over the network. */
const AT_ONCE = 16;

export const submitCheckpoint: Resolvers = {
  Mutation: {
    async submitCheckpoint(_root, { input }, { services, viewer }) {
      const { db, storage, uploads, budget, data } = services;
      const submitter = actorOf(viewer);
      const files = listedFiles(input.files);
      const fault = findFault(input, files);
      if (fault) return { __typename: 'InvalidInputError', ...fault };
      const { name, protocol = null } = input;
      const stored = await storedSizes(storage, new Set(files.map(({ sha256 }) => sha256)));
      const sizeFault = storedSizeFault(files, stored);
      if (sizeFault) return { __typename: 'InvalidInputError', ...sizeFault };
      const sha256 = checkpointSha256(files);
      const storedHashes = new Set(stored.keys());
      const { submissionId, isRepeated } = await createSubmission(
        db,
        { submitter, name, files, sha256, protocol, storedHashes, ...budget },
        data.versions,
      );
      const before = await readSubmission(db, submissionId);
      // of a repeated submission, files may have arrived whole without having been stored
      for (const file of before?.files ?? [])
        if (!file.stored) await uploads.finishIfComplete(file.id, submitter).catch(sentAgain);
      const submission = await readSubmission(db, submissionId);
      if (submission === null) throw new Error(`Submission ${submissionId} is gone.`);
      return { __typename: 'SubmitCheckpointSuccess', submission, repeated: isRepeated };
    },
  },
};

/** Bytes of those files that the storage holds, by hash. */
async function storedSizes(storage: Storage, hashes: ReadonlySet<string>): Promise<Map<string, number>> {
  const ask = async (hash: string) => [hash, await storage.size(hash)] as const;
  const sizes = await pMap(hashes, ask, { concurrency: AT_ONCE });
  return new Map(sizes.flatMap(([hash, size]) => (size === null ? [] : [[hash, size]])));
}

/** A complete upload with the wrong bytes is gone now: the file is simply to be sent again. */
function sentAgain(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
