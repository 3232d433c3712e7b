import type { TypedDocumentString } from '../generated/graphql.ts';

/** Sends one operation from the browser. Throws an Error whose message is a sentence for the reader. */
export async function ask<Data, Variables>(
  origin: string,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  let answer: { data?: Data | null; errors?: { message: string }[] };
  try {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    answer = await response.json();
  } catch (cause) {
    throw new Error('The API does not answer. Wait a moment and try again.', { cause });
  }
  if (!answer.data) throw new Error(answer.errors?.[0]?.message ?? 'The API gave no answer. Try again.');
  return answer.data;
}
