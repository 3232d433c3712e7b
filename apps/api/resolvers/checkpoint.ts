import { readCheckpoint } from '@gdbench/prisma/checkpoints';
import type { Resolvers } from '../generated/resolvers.ts';

export const checkpoint: Resolvers = {
  Query: {
    checkpoint: (_root, { id }, { services: { db } }) => readCheckpoint(db, id),
  },
  Checkpoint: {
    // of a model that takes no square no one number says it
    inputSize: ({ report }) =>
      report && report.inputSize.width === report.inputSize.height ? report.inputSize.width : null,
    predictionType: ({ report }) => report?.predictionType ?? null,
    checks: ({ report }) => report?.checks ?? [],
  },
};
