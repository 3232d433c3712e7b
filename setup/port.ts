import { createServer } from 'node:net';
import { SetupFault } from './fault.ts';

/** A fault with a remedy when something else listens on the port. */
export async function requireFreePort(port: number, variable: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new SetupFault(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken by another program: end it, or choose another port with ${variable}=<port> npm start.`
            : `Port ${port} cannot be opened (${error.code}): choose another with ${variable}=<port> npm start.`,
        ),
      ),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

/** A port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new SetupFault('No port is free.');
  return address.port;
}
