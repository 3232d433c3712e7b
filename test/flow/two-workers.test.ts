import { openDatabase } from '@gdbench/prisma/database';
import { expect, test } from 'vitest';
import { builtinData, DIFFUSION } from '../support/builtin.ts';
import { submit } from '../support/command.ts';
import { each } from '../support/each.ts';
import { follow, isDone, liveClient } from '../support/graphql.ts';
import { startStack, type Worker } from '../support/stack.ts';

/** Every stored score of an evaluation, in order, with the exact doubles. */
async function storedScores(databaseUrl: string, evaluationId: string) {
  const database = openDatabase(databaseUrl);
  try {
    return await database.prisma.exampleScore.findMany({
      where: { evaluationId },
      orderBy: [{ task: 'asc' }, { index: 'asc' }],
      select: { task: true, index: true, example: true, scores: true },
    });
  } finally {
    await database.close();
  }
}

test('a worker killed in mid-shard changes no bit of the scores, and its shard is picked up within 30 seconds', async () => {
  const stack = await startStack({ data: builtinData(), limit: 3, samples: 3 });
  const client = liveClient(stack.apiUrl());
  try {
    const first = await stack.startWorker('a');
    const undisturbed = await submit(stack.apiUrl(), DIFFUSION, 'undisturbed');
    await follow(client, undisturbed.evaluationId, isDone);
    const expected = await storedScores(stack.databaseUrl, undisturbed.evaluationId);

    await stack.startWorker('b');
    const disturbed = await submit(stack.apiUrl(), DIFFUSION, 'disturbed');
    const database = openDatabase(stack.databaseUrl);
    const lost = await stopInMidShard(database, disturbed.evaluationId, first);
    first.service.child.kill('SIGKILL');
    await first.service.ended;
    const killedAt = Date.now();

    const progress = await follow(client, disturbed.evaluationId, isDone);
    const shard = await database.prisma.work.findUniqueOrThrow({ where: { id: lost } });
    const doneBy = await database.prisma.work.groupBy({
      by: ['workerId'],
      where: { evaluationId: disturbed.evaluationId, kind: 'SCORE', state: 'DONE' },
    });
    await database.close();
    expect(doneBy.map(({ workerId }) => workerId).sort()).toEqual(['a', 'b']);
    expect(shard.state).toBe('DONE');
    expect(shard.workerId).toBe('b');
    expect(shard.attempts).toBe(2);
    // by the database's clock: when the surviving worker took it
    expect((shard.startedAt?.getTime() ?? 0) - killedAt).toBeLessThan(30_000);
    expect(progress.retriedShards).toBeGreaterThanOrEqual(1);
    for (const task of each(progress.tasks)) expect(task.examplesDone).toBe(task.examples);
    expect(await storedScores(stack.databaseUrl, disturbed.evaluationId)).toEqual(expected);
    expect(expected.length).toBe(progress.tasks.reduce((sum, task) => sum + task.examples, 0));
  } finally {
    await client.dispose();
    await stack.close();
  }
});

/**
 * Freezes the worker while it has a shard under way, after it has completed one; gives the shard's id.
 * Only a frozen worker cannot complete it between our look and the kill.
 */
async function stopInMidShard(
  database: ReturnType<typeof openDatabase>,
  evaluationId: string,
  worker: Worker,
): Promise<string> {
  const { work } = database.prisma;
  const own = { evaluationId, kind: 'SCORE', workerId: worker.name } as const;
  for (;;) {
    const done = await work.count({ where: { ...own, state: 'DONE' } });
    const seen = await work.findFirst({ where: { ...own, state: 'RUNNING' } });
    if (done > 0 && seen) {
      worker.service.child.kill('SIGSTOP');
      const still = await work.findFirst({ where: { ...own, id: seen.id, state: 'RUNNING' } });
      if (still) return still.id;
      worker.service.child.kill('SIGCONT');
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
