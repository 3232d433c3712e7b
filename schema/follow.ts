import type { Client } from 'graphql-ws';
import { type Operation, type OperationError, OperationRefused } from './ask.ts';

/**
 * The data of a subscription, event by event, over a client of graphql-ws.
 *
 * @throws OperationRefused
 */
export async function* follow<Data, Variables extends Record<string, unknown>>(
  client: Client,
  operation: Operation<Data, Variables>,
  variables: Variables,
): AsyncGenerator<Data> {
  for await (const { data, errors } of client.iterate<Data>({ query: String(operation), variables })) {
    const [first, ...others]: readonly OperationError[] = errors ?? [];
    if (first) throw new OperationRefused([first, ...others]);
    if (data) yield data;
  }
}
