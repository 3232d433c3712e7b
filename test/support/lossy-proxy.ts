import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface LossyProxy {
  /** Origin that stands for the API's. */
  readonly url: string;
  /** Every message of the API since the start, those that were lost too. */
  readonly messages: readonly string[];
  /** Loses the API's next message that fits. */
  loseNext(fits: (message: string) => boolean): void;
  close(): Promise<void>;
}

/** Stands between a client's socket and the API, and can lose a message on the way to the client. */
export async function openLossyProxy(apiUrl: string): Promise<LossyProxy> {
  const messages: string[] = [];
  let lose: ((message: string) => boolean) | null = null;
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (client, request) => {
    const upstream = new WebSocket(`${apiUrl.replace('http', 'ws')}${request.url}`, client.protocol);
    const opened = once(upstream, 'open');
    client.on('message', async (data) => {
      await opened;
      upstream.send(String(data));
    });
    upstream.on('message', (data) => {
      const message = String(data);
      messages.push(message);
      if (lose?.(message)) lose = null;
      else client.send(message);
    });
    client.on('close', () => upstream.close());
    upstream.on('close', () => client.close());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    loseNext(fits) {
      lose = fits;
    },
    async close() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
