import { z } from 'zod';

/** The chore `summarise`: brings the stored results of a task up to its scores. */
export const SummariseChore = z.object({ evaluationId: z.uuid(), task: z.string() });
export type SummariseChore = z.infer<typeof SummariseChore>;

/** A task has one at most that waits, however often it is added. */
export const keyOf = ({ evaluationId, task }: SummariseChore): string => `summarise ${evaluationId} ${task}`;
