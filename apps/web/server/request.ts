import { connection } from 'next/server';
import type { TypedDocumentString } from '../generated/graphql.ts';
import { apiUrl } from './api-address.ts';

/** The API did not answer, or answered with an error. The message is a sentence for a reader. */
export class ApiUnreachable extends Error {}

/** One GraphQL request from the web's server: always fresh, given up after ten seconds. */
export async function request<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  await connection();
  let answer: { data?: Data; errors?: { message: string }[] };
  try {
    const response = await fetch(`${apiUrl()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    });
    answer = await response.json();
  } catch (cause) {
    throw new ApiUnreachable('The API does not answer.', { cause });
  }
  if (!answer.data) throw new ApiUnreachable(answer.errors?.[0]?.message ?? 'The API gave no data.');
  return answer.data;
}
