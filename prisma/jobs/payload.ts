import { z } from 'zod';

/** What graphile-worker delivers. The row owns correctness: a job that finds nothing to claim ends quietly. */
export const InspectJob = z.object({ evaluationId: z.uuid() });
export const ScoreJob = z.object({ shardId: z.uuid() });
export type InspectJob = z.infer<typeof InspectJob>;
export type ScoreJob = z.infer<typeof ScoreJob>;
