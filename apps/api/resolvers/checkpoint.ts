import { z } from 'zod';
import type { Resolvers } from '../generated/resolvers.ts';

/** The part of inspection's report that the page shows; a report of an older version simply shows less. */
const Report = z
  .object({
    inputSize: z.number().int().nullable().catch(null),
    predictionType: z.string().nullable().catch(null),
    checks: z.array(z.string()).catch([]),
  })
  .catch({ inputSize: null, predictionType: null, checks: [] });

export const checkpoint: Resolvers = {
  Checkpoint: {
    inputSize: ({ report }) => Report.parse(report).inputSize,
    predictionType: ({ report }) => Report.parse(report).predictionType,
    checks: ({ report }) => Report.parse(report).checks,
  },
};
