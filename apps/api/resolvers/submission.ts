import { readSubmission, readSubmissionsOf } from '@gdbench/prisma/submissions';
import type { Resolvers } from '../generated/resolvers.ts';
import { readModelCard } from './model-card.ts';

const MOST = 100;

export const submission: Resolvers = {
  Query: {
    submission: (_root, { id }, { services: { db } }) => readSubmission(db, id),
    submissions: (_root, { sha256 }, { services: { db } }) => readSubmissionsOf(db, sha256, MOST),
  },
  Submission: {
    async evaluation({ id, evaluationId }, _args, { services: { evaluations } }) {
      const evaluation = await evaluations.read(evaluationId);
      if (evaluation === null) throw new Error(`Submission ${id} has no evaluation.`);
      return evaluation;
    },
    modelCard: ({ files }, _args, { services: { storage } }) => readModelCard(storage, files),
  },
  SubmissionFile: {
    uploadUrl: ({ id }) => `/uploads/${id}`,
  },
};
