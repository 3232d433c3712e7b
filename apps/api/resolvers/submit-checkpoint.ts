import { createSubmission, readSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { actorOf } from '../accounts/viewer.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { findFault, listedFiles, storedSizeFault } from '../upload/manifest.ts';
import { isRefusal } from '../upload/store.ts';
import { storedSizes } from '../upload/stored-sizes.ts';

export const submitCheckpoint: Resolvers = {
  Mutation: {
    async submitCheckpoint(_root, { input }, { services, viewer }) {
      const { db, storage, uploads, boards } = services;
      const submitter = actorOf(viewer);
      const files = listedFiles(input.files);
      const fault = findFault(input, files);
      if (fault) return { __typename: 'InvalidInputError', ...fault };
      const { name, protocol = null } = input;
      const board = await boards.read(input.board ?? null);
      if (board === null) return { __typename: 'InvalidInputError', ...noSuchBoard(input.board ?? '') };
      const stored = await storedSizes(storage, new Set(files.map(({ sha256 }) => sha256)));
      const sizeFault = storedSizeFault(files, stored);
      if (sizeFault) return { __typename: 'InvalidInputError', ...sizeFault };
      const sha256 = checkpointSha256(files);
      const storedHashes = new Set(stored.keys());
      const { submissionId, isRepeated } = await createSubmission(
        db,
        { submitter, name, boardId: board.id, files, sha256, protocol, storedHashes },
        boards.measured,
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

function noSuchBoard(slug: string) {
  return {
    code: 'BOARD_NOT_FOUND',
    field: 'board',
    message: `There is no board with the slug "${slug.slice(0, 60)}".`,
    remedy: 'Give the slug of one of `boards`, or leave it out for the first one.',
  };
}

/** A complete upload with the wrong bytes is gone now: the file is simply to be sent again. */
function sentAgain(error: unknown): void {
  if (!isRefusal(error)) throw error;
}
