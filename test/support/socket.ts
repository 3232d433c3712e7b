import type { Operation } from '@gdbench/schema/ask';
import { WebSocket } from 'ws';

/** A message of the graphql-transport-ws protocol. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/**
 * A bare client that queues every message from the moment the socket exists, so that no test can miss one by listening
 * too late. It never connects again by itself.
 */
export interface TestSocket {
  send(message: SocketMessage): void;
  /** Begins an operation under an id of its own. */
  subscribe<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables): Subscribed<Data>;
  /** The next message of an operation that has not been taken yet; throws when the socket closes instead. */
  next(id: string): Promise<SocketMessage>;
  /** Resolves with the code when the socket is closed, by whom ever. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** An operation under way. */
export interface Subscribed<Data> {
  readonly id: string;
  next(): Promise<SocketMessage>;
  /** The data of the next `next` message; throws when something else comes. */
  data(): Promise<Data>;
  /** Takes data until one fits. */
  until(fits: (data: Data) => boolean): Promise<Data>;
}

export async function openSocket(apiUrl: string, headers: Record<string, string> = {}): Promise<TestSocket> {
  const socket = new WebSocket(`${apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const queue: SocketMessage[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const closed = new Promise<number>((resolve) =>
    socket.on('close', (code) => {
      isClosed = true;
      wake();
      resolve(code);
    }),
  );
  socket.on('message', (data) => {
    queue.push(JSON.parse(String(data)) as SocketMessage);
    wake();
  });
  const take = (fits: (message: SocketMessage) => boolean): Promise<SocketMessage> =>
    new Promise((resolve, reject) => {
      const check = () => {
        const index = queue.findIndex(fits);
        if (index === -1 && !isClosed) return;
        waiting.delete(check);
        if (index === -1) reject(new Error('The socket was closed before the awaited message came.'));
        else resolve(queue.splice(index, 1)[0] as SocketMessage);
      };
      waiting.add(check);
      check();
    });
  const send = (message: SocketMessage) => socket.send(JSON.stringify(message));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => undefined); // shows as a close
  send({ type: 'connection_init' });
  await take(({ type }) => type === 'connection_ack');

  const next = (id: string) => take((message) => message.id === id);
  let begun = 0;
  return {
    send,
    subscribe<Data, Variables>(operation: Operation<Data, Variables>, variables: Variables) {
      const id = `operation ${++begun}`;
      send({ id, type: 'subscribe', payload: { query: String(operation), variables } });
      return subscribed<Data>(id, () => next(id));
    },
    next,
    closed,
    async close() {
      socket.close();
      await closed;
    },
  };
}

function subscribed<Data>(id: string, next: () => Promise<SocketMessage>): Subscribed<Data> {
  const data = async () => {
    const message = await next();
    const payload = message.payload as { data?: Data; errors?: unknown } | undefined;
    if (message.type !== 'next' || !payload?.data || payload.errors)
      throw new Error(`No data: ${JSON.stringify(message)}`);
    return payload.data;
  };
  return {
    id,
    next,
    data,
    async until(fits) {
      for (;;) {
        const value = await data();
        if (fits(value)) return value;
      }
    },
  };
}
