import type { Operation } from '@gdbench/schema/ask';
import { CliFault } from '../fault.ts';
import { askServer, type Server } from './server.ts';

interface Found<T> {
  submission: { evaluation: T } | null;
  evaluation: T | null;
}

/**
 * An evaluation by its own id, or by that of its submission.
 *
 * @param operation asks for both, with the same fields
 * @throws CliFault: code 2 where there is none.
 */
export async function findEvaluation<T>(
  server: Server,
  id: string,
  operation: Operation<Found<T>, { id: string }>,
): Promise<T> {
  const { submission, evaluation } = await askServer(server, operation, { id });
  const found = submission?.evaluation ?? evaluation;
  if (found) return found;
  throw new CliFault(
    `${server.url} knows no submission or evaluation ${id}: npx gdbench list names those that it has.`,
    2,
  );
}
