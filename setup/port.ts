import { createServer } from 'node:net';
import { SetupFault } from './fault.ts';

/** The port number that an environment variable holds, or the default. */
export function portSetting(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (!text) return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SetupFault(`${variable} is "${text}", which is not a port number: give one from 1 to 65535.`);
}

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
