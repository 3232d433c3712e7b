import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { boardVersion } from '../../test/support/board.ts';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimed, completeTruly, planned, submitStored, summariseTruly } from '../../test/support/evaluation.ts';
import { cancel, readEvaluation } from '../evaluations.ts';
import { type DatabaseEvent, listen } from '../events.ts';
import { log } from '../log.ts';
import type { ClaimedShard } from '../shards.ts';
import { heartbeat } from '../work.ts';
import { CHANNEL, parseEvent } from './channel.ts';

const database = testFileDatabase();

/** A listener that keeps everything from the start, so that no test races with it. */
function recorder(url: string) {
  const events: DatabaseEvent[] = [];
  const errors: Error[] = [];
  let connections = 0;
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of waiting) look();
  };
  const listener = listen(url, {
    onEvent: (event) => {
      events.push(event);
      changed();
    },
    onConnect: () => {
      connections += 1;
      changed();
    },
    onError: (error) => {
      errors.push(error);
      changed();
    },
  });
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { events, errors, until, connections: () => connections, close: listener.close };
}

const isOf = (id: string) => (event: DatabaseEvent) => 'evaluation' in event && event.evaluation === id;

async function countListeners(): Promise<number> {
  const { rowCount } = await database().pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
  );
  return rowCount ?? 0;
}

async function terminateListeners(): Promise<number> {
  const { rowCount } = await database().pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
  );
  return rowCount ?? 0;
}

test('every change of an evaluation or of the board is told after it is committed', async () => {
  const heard = recorder(database().url);
  try {
    await heard.until(() => heard.connections() === 1);
    const { evaluationId } = await planned(database(), { shards: { clevr: [1] } });
    const told = async (change: Promise<unknown>) => {
      const before = heard.events.filter(isOf(evaluationId)).length;
      await change;
      await heard.until(() => heard.events.filter(isOf(evaluationId)).length > before);
    };
    await told(log(database(), evaluationId, { stage: 'score', message: 'x' }));
    const claims: ClaimedShard[] = [];
    await told(claimed(database(), evaluationId).then((shard) => claims.push(shard)));
    for (const shard of claims) {
      await told(heartbeat(database(), shard, { done: 1 }));
      await told(completeTruly(database(), shard));
    }
    await told(summariseTruly(database(), evaluationId, 'clevr'));
    const version = await boardVersion(database());
    await heard.until(() => heard.events.some((event) => 'board' in event && event.version === version));
    // what was told had happened: nobody reads the state before it
    expect(await readEvaluation(database(), evaluationId)).toMatchObject({ state: 'DONE' });
    expect(heard.errors).toEqual([]);
  } finally {
    await heard.close();
  }
});

test('a listener whose connection is ended by the server connects anew, says so, and hears what follows', async () => {
  const heard = recorder(database().url);
  try {
    await heard.until(() => heard.connections() === 1);
    for (let round = 2; round <= 4; round += 1) {
      expect(await terminateListeners()).toBe(1);
      await heard.until(() => heard.connections() === round);
      const { evaluationId } = await submitStored(database());
      await heard.until(() => heard.events.some(isOf(evaluationId)));
      await cancel(database(), 'anonymous', evaluationId);
    }
    expect(heard.errors.length).toBeGreaterThanOrEqual(3);
  } finally {
    await heard.close();
  }
});

test('a listener that starts before the server hears it once it is there', async () => {
  const target = new URL(database().url);
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    const upstream = new (socket.constructor as typeof Socket)();
    upstream.connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  // a port that is free, and where nothing listens yet
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as { port: number };
  await new Promise((resolve) => proxy.close(resolve));
  const behind = new URL(target);
  behind.host = `127.0.0.1:${port}`;
  const heard = recorder(behind.href);
  try {
    await heard.until(() => heard.errors.length >= 2);
    expect(heard.connections()).toBe(0);
    proxy.listen(port, '127.0.0.1');
    await heard.until(() => heard.connections() === 1);
  } finally {
    await heard.close();
    for (const socket of sockets) socket.destroy();
    proxy.close();
  }
});

test('a closed listener leaves no connection, and may be closed twice', async () => {
  const heard = recorder(database().url);
  await heard.until(() => heard.connections() === 1);
  expect(await countListeners()).toBe(1);
  await heard.close();
  await heard.close();
  // the server notices in its own time; the test's limit ends this
  while ((await countListeners()) > 0) await setImmediate();
  expect(heard.errors).toEqual([]);
});

test('payloads that are none of ours are passed over', async () => {
  for (const payload of ['', 'x', '{}', '[]', 'null', '{"evaluation":1}', '{"board":1}', '{"board":"1"}'])
    expect(parseEvent(payload)).toBeNull();
  const heard = recorder(database().url);
  try {
    await heard.until(() => heard.connections() === 1);
    await database().pool.query('SELECT pg_notify($1, $2)', [CHANNEL, 'rubbish']);
    await database().pool.query('SELECT pg_notify($1, $2)', [CHANNEL, '{"board":"b","version":7}']);
    await heard.until(() => heard.events.length > 0);
    expect(heard.events).toEqual([{ board: 'b', version: 7 }]);
  } finally {
    await heard.close();
  }
});
