import { connection } from 'next/server';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { apiUrl } from './settings.ts';

/** The API did not answer, or answered with an error. The message is a sentence for a reader. */
export class ApiUnreachable extends Error {}

const PATIENCE_MS = 10_000;

/** One GraphQL request from the web's server: always fresh, given up after ten seconds or as long as said. */
export async function request<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  patienceMs = PATIENCE_MS,
): Promise<Data> {
  await connection();
  let answer: { data?: Data; errors?: { message: string }[] };
  try {
    const init: RequestInit = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    };
    const post = () => fetch(`${apiUrl()}/graphql`, init);
    // a kept connection may be closed at the moment of its next use, and pages only read: once more on a new one
    const response = await post().catch((error) => (isClosed(error) ? post() : Promise.reject(error)));
    answer = await response.json();
  } catch (cause) {
    throw new ApiUnreachable('The API does not answer.', { cause });
  }
  if (!answer.data) throw new ApiUnreachable(answer.errors?.[0]?.message ?? 'The API gave no data.');
  return answer.data;
}

function isClosed(error: { cause?: { code?: unknown } }): boolean {
  return error.cause?.code === 'UND_ERR_SOCKET';
}
