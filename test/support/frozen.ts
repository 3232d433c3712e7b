import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Freezable {
  /** The database's address by way of it. */
  readonly url: string;
  /** Connections that are open. */
  readonly open: number;
  /** From now on nothing goes through the connections that are open, as if a cable had been pulled; new ones work. */
  freeze(): void;
  close(): Promise<void>;
}

/** Stands between a client and PostgreSQL. */
export async function freezable(url: string): Promise<Freezable> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((from) => {
    const to = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [from, to];
    pairs.add(pair);
    from.pipe(to);
    to.pipe(from);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        for (const one of pair) one.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    get open() {
      return pairs.size;
    },
    freeze() {
      for (const [from, to] of pairs) {
        from.unpipe(to).pause();
        to.unpipe(from).pause();
      }
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
