import { answerTo, NoAnswer, type Operation } from '@gdbench/schema/ask';
import { connection } from 'next/server';
import { apiUrl } from './settings.ts';

/** The API did not answer, or answered with an error. The message is a sentence for a reader. */
export class ApiUnreachable extends Error {}

/** The API understood what is asked and it cannot be, e.g. the place of a page in another order. */
export class ApiRefused extends ApiUnreachable {}

const PATIENCE_MS = 10_000;

/** One GraphQL request from the web's server: always fresh, given up after ten seconds or as long as said. */
export async function request<Data, Variables>(
  document: Operation<Data, Variables>,
  variables: Variables,
  patienceMs = PATIENCE_MS,
): Promise<Data> {
  await connection();
  const options = { cache: 'no-store', signal: AbortSignal.timeout(patienceMs) } as const;
  const send = () => answerTo(apiUrl(), document, variables, options);
  // a kept connection may be closed at the moment of its next use, and pages only read: once more on a new one
  const { data, errors } = await send()
    .catch((error) => (isClosed(error) ? send() : Promise.reject(error)))
    .catch((cause) => {
      throw new ApiUnreachable('The API does not answer.', { cause });
    });
  if (data === null) {
    const [error] = errors;
    const Fault = error?.extensions?.code === 'BAD_USER_INPUT' ? ApiRefused : ApiUnreachable;
    throw new Fault(error?.message ?? 'The API gave no data.');
  }
  return data;
}

function isClosed(error: unknown): boolean {
  const failure = error instanceof NoAnswer ? (error.cause as { cause?: { code?: unknown } } | undefined) : undefined;
  return failure?.cause?.code === 'UND_ERR_SOCKET';
}
