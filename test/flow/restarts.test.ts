import { migrate } from '@gdbench/prisma/migrate';
import { beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../setup/postgres.ts';
import { DIFFUSION, DUAL_ENCODER } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { each } from '../support/each.ts';
import { newFolder } from '../support/folder.ts';
import { follow, isDone, liveClient, type Progress } from '../support/graphql.ts';
import { startStack } from '../support/stack.ts';
import { writeTinyData } from '../support/tiny-data.ts';

const data = newFolder();
beforeAll(() => writeTinyData(data));

/** So many that an evaluation of few examples outlasts a restart. */
const SAMPLES = 20;

const underWay = (progress: Progress) => progress.state === 'SCORING' && progress.shardsDone >= 1;

function expectWhole(progress: Progress): void {
  expect(progress.shardsDone).toBe(progress.shardsTotal);
  for (const task of each(progress.tasks)) expect(task.examplesDone).toBe(task.examples);
  for (const result of each(progress.results)) expect(result.complete).toBe(true);
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  test(`the API is restarted by ${signal} during an evaluation: a subscriber ends with the complete result`, async () => {
    const stack = await startStack({ data, samples: SAMPLES });
    const client = liveClient(stack.apiUrl());
    try {
      await stack.startWorker('a');
      const { evaluationId } = await submit(stack.apiUrl(), DIFFUSION, 'watched');
      let disconnections = 0;
      client.on('closed', () => {
        disconnections += 1;
      });
      // one subscription from before the restart to the end
      const ended = follow(client, evaluationId, isDone);
      await follow(client, evaluationId, underWay);
      await stack.restartApi(signal);
      expectWhole(await ended);
      expect(disconnections).toBeGreaterThanOrEqual(1);
    } finally {
      await client.dispose();
      await stack.close();
    }
  });

test('PostgreSQL is restarted during an evaluation: API, worker and subscriber recover by themselves', async () => {
  const dir = newFolder();
  let server = await startEmbeddedPostgres({ dir });
  await migrate(server.url);
  const stack = await startStack({ data, samples: SAMPLES, databaseUrl: server.url });
  const client = liveClient(stack.apiUrl());
  try {
    await stack.startWorker('a');
    const { evaluationId } = await submit(stack.apiUrl(), DIFFUSION, 'survivor');
    const ended = follow(client, evaluationId, isDone);
    await follow(client, evaluationId, underWay);
    await server.stop();
    server = await startEmbeddedPostgres({ dir, port: server.port });
    expectWhole(await ended);
    // and the service takes new work, through the queue and the live updates
    const next = await submit(stack.apiUrl(), DUAL_ENCODER, 'afterwards');
    expectWhole(await follow(client, next.evaluationId, isDone));
  } finally {
    await client.dispose();
    await stack.close();
    await server.stop();
  }
});
