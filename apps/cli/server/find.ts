import { CliFault } from '../fault.ts';
import { ask, type Server } from './server.ts';

interface Found<T> {
  submission: { evaluation: T } | null;
  evaluation: T | null;
}

/** An evaluation by its own id, or by that of its submission, with these fields. @throws CliFault: code 2 where there is none. */
export async function findEvaluation<T>(server: Server, id: string, fields: string): Promise<T> {
  const { submission, evaluation } = await ask<Found<T>>(
    server,
    `query ($id: ID!) { submission(id: $id) { evaluation { ${fields} } } evaluation(id: $id) { ${fields} } }`,
    { id },
  );
  const found = submission?.evaluation ?? evaluation;
  if (found) return found;
  throw new CliFault(`${server.url} knows no submission or evaluation ${id}: gdbench list names those that it has.`, 2);
}
