import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TasksDocument } from '../test/generated/graphql.ts';
import { answerTo, ask, NoAnswer, NoGraphql, OperationRefused } from './ask.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers every request so; undefined: not at all. */
async function answering(status: number, body?: string): Promise<string> {
  const made = createServer((_request, response) => {
    if (body !== undefined) response.writeHead(status).end(body);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

test.each([
  ['a page', '<html></html>'],
  ['nothing', ''],
  ['JSON that is none of GraphQL', '{"hello":1}'],
  ['null', 'null'],
  ['no object', '"data"'],
])('%s in place of an answer is no GraphQL', async (_what, body) => {
  const url = await answering(502, body);
  await expect(ask(url, TasksDocument, {})).rejects.toEqual(new NoGraphql(url, 502));
});

test('nobody there, and nobody that answers in time, is no answer', async () => {
  const url = await answering(200);
  const signal = AbortSignal.timeout(50);
  await expect(ask(url, TasksDocument, {}, { signal })).rejects.toBeInstanceOf(NoAnswer);
  await new Promise((resolve) => {
    server?.closeAllConnections();
    server?.close(resolve);
  });
  await expect(ask(url, TasksDocument, {})).rejects.toBeInstanceOf(NoAnswer);
});

test('data beside an error are no whole data: ask refuses them, and who can use a part gets both', async () => {
  const errors = [{ message: 'One of them is gone.', extensions: { code: 'GONE' } }];
  const url = await answering(200, JSON.stringify({ data: { tasks: [] }, errors }));
  const refused = await ask(url, TasksDocument, {}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OperationRefused);
  expect(refused).toMatchObject({ message: 'One of them is gone.', errors });
  expect(await answerTo(url, TasksDocument, {})).toEqual({ status: 200, data: { tasks: [] }, errors });
});
