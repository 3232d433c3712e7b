import type { RemedyPart } from '@gdbench/storage/remedy';
import { z } from 'zod';
import type { CheckpointFault } from './rows.ts';

const Part: z.ZodType<RemedyPart> = z.union([
  z.strictObject({ words: z.string() }),
  z.strictObject({ command: z.string() }),
]);

const StoredFault = z
  .object({
    file: z.string(),
    message: z.string(),
    expected: z.string(),
    found: z.string(),
    remedy: z.string(),
    /** Faults of before 2026-11-29 have neither of these. */
    remedyParts: z.array(Part).optional(),
    namesPlaceholder: z.boolean().default(false),
  })
  .transform(
    ({ remedyParts, ...fault }): CheckpointFault => ({
      ...fault,
      remedyParts: remedyParts ?? [{ words: fault.remedy }],
    }),
  );

/**
 * The faults that were stored of a refused checkpoint; null where none were, and where they are of a form that is no longer known.
 * A remedy whose commands were not kept apart is words alone.
 */
export function storedFaults(stored: unknown): CheckpointFault[] | null {
  return z.array(StoredFault).safeParse(stored).data ?? null;
}
