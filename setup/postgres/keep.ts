import { setInterval } from 'node:timers/promises';
import { sentence } from '../fault.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../postgres.ts';

/** How often is looked whether the server lives: pg_ctl has let go of its process, so that nothing tells of its death. */
const LOOK_MS = 1_000;

/**
 * Starts the embedded PostgreSQL, and starts it again at its port each time that it dies, until it is stopped. Who is connected
 * connects anew by itself.
 *
 * @param tell told in a sentence of each death, and of each start that failed and is tried again.
 * @throws SetupFault where the first start fails
 */
export async function keepEmbeddedPostgres(
  options: { dir: string },
  tell: (sentence: string) => void,
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  let server = await startEmbeddedPostgres(options);
  const { url, port } = server;
  const stopping = new AbortController();
  const restart = () =>
    startEmbeddedPostgres({ ...options, port }).then(
      (again) => {
        server = again;
      },
      (error) => tell(`PostgreSQL could not be started again and is tried once more: ${sentence(error)}`),
    );
  const keep = async () => {
    let isDown = false;
    for await (const _ of setInterval(LOOK_MS, undefined, { signal: stopping.signal })) {
      const runs = await server.runs();
      if (!runs && !isDown) tell('PostgreSQL died and is started again.');
      isDown = !runs;
      if (isDown) await restart();
    }
  };
  // ends by the signal alone
  const keeping = keep().catch(() => undefined);
  return {
    url,
    async stop() {
      stopping.abort();
      await keeping;
      await server.stop();
    },
  };
}
