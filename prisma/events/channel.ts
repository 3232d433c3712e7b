import { z } from 'zod';

export const CHANNEL = 'gdbench';

/** Ids only: a notification is a hint that a row should be read again. */
export type DatabaseEvent =
  | { readonly evaluation: string }
  | { readonly board: string; readonly version: number }
  | { readonly work: true };

const Payload = z.union([
  z.object({ evaluation: z.string() }),
  z.object({ board: z.string(), version: z.number() }),
  z.object({ work: z.literal(true) }),
]);

/** The event of a payload, or null for anything that is none of ours. */
export function parseEvent(payload: string): DatabaseEvent | null {
  try {
    return Payload.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}
