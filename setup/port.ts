import { createServer } from 'node:net';
import getPort, { clearLockedPorts } from 'get-port';
import { SetupFault } from './fault.ts';

/** A fault with a remedy when the port cannot be listened on. Not by get-port, which does not tell why. */
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

/** A port of this machine that nothing listens on now: the one that is wanted where it can be had, else any. */
export function freePort(wanted?: number): Promise<number> {
  // get-port keeps back for a while what it has handed out, also from whoever wants it again
  if (wanted !== undefined) clearLockedPorts();
  return getPort({ host: '127.0.0.1', ...(wanted === undefined ? {} : { port: wanted }) });
}
