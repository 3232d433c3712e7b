import { answerTo, type Operation } from '@gdbench/schema/ask';

/** Sends one operation from the browser. Throws an Error whose message is a sentence for the reader. */
export async function ask<Data, Variables>(
  origin: string,
  document: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, errors } = await answerTo(origin, document, variables).catch((cause) => {
    throw new Error('The API does not answer. Wait a moment and try again.', { cause });
  });
  if (data === null) throw new Error(errors[0]?.message ?? 'The API gave no answer. Try again.');
  return data;
}
