import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { isTransient } from './retry.ts';

const withCode = (code: string) => Object.assign(new Error('away'), { code });

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', '57P01', '08006', '40001'])(
  '%s may pass by itself, also as the cause of another error',
  (code) => {
    expect(isTransient(withCode(code))).toBe(true);
    expect(isTransient(new Error('outer', { cause: withCode(code) }))).toBe(true);
  },
);

test.each(['23505', '42P01', '28P01', 'ENOENT'])('%s does not pass by itself', (code) => {
  expect(isTransient(withCode(code))).toBe(false);
});

/*
 * What pg tells in words alone, from a server that is not one: it hangs up, or never answers.
 */

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

async function clientOf(onConnection: (socket: Socket) => void, connectionTimeoutMillis = 0): Promise<pg.Client> {
  server = createServer((socket) => onConnection(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new pg.Client({ host: '127.0.0.1', port, connectionTimeoutMillis, user: 'a', database: 'a' });
  return client.on('error', () => {});
}

const refused = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => null,
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(Error);
  return error;
};

test('a connection that ends before it is answered may be had again', async () => {
  const client = await clientOf((socket) => socket.destroy());
  expect(isTransient(await refused(client.connect()))).toBe(true);
});

test('a server that does not answer in time may do so later', async () => {
  const sockets: Socket[] = [];
  const client = await clientOf((socket) => sockets.push(socket), 1);
  expect(isTransient(await refused(client.connect()))).toBe(true);
  for (const socket of sockets) socket.destroy();
});
