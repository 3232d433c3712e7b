import { type Database, openDatabase } from '@gdbench/prisma/database';
import { claim, release } from '@gdbench/prisma/work';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { claimNext, planned } from '../../test/support/evaluation.ts';
import { type Freezable, freezable } from '../../test/support/frozen.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import { type Fetching, type FetchOptions, startFetching } from './fetching.ts';

const log = pino({ level: 'silent' });
const never = new Promise<never>(() => {});

/** A doorbell that nobody waits at for long: only a ring wakes. */
const patient = (): Doorbell => {
  const doorbell = createDoorbell();
  return {
    ring: doorbell.ring,
    wait: (_, signal) => doorbell.wait(2 ** 30, signal),
    get rings() {
      return doorbell.rings;
    },
  };
};

/** Fetches these answers one after the other, then nothing; resolves what was worked on and given back once asked. */
function fetchThese(answers: (() => Promise<string | null>)[], more: Partial<FetchOptions<string>> = {}) {
  const seen: string[] = [];
  let onSeen = () => {};
  const see = (what: string) => {
    seen.push(what);
    onSeen();
  };
  const fetching: Fetching = startFetching<string>({
    name: 'answers',
    fetch: () => (answers.shift() ?? (async () => null))(),
    work: async (item) => see(`did ${item}`),
    giveBack: async (item) => see(`gave ${item} back`),
    onFetched: () => see('fetched'),
    reconnect: () => see('reconnected'),
    doorbell: patient(),
    log,
    ...more,
  });
  const until = (what: string) =>
    new Promise<void>((resolve) => {
      onSeen = () => {
        if (seen.includes(what)) resolve();
      };
      onSeen();
    });
  return { fetching, seen, until };
}

test('work is done a piece after the other', async () => {
  const { fetching, seen, until } = fetchThese([async () => 'a', async () => 'b']);
  await until('did b');
  await fetching.stop();
  expect(seen.slice(0, 4)).toEqual(['fetched', 'did a', 'fetched', 'did b']);
});

test('a fetch that hangs is given up on fresh connections, and what it takes after all is given back', async () => {
  let answer: (item: string) => void = () => {};
  const late = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const { fetching, seen, until } = fetchThese([() => late, async () => 'b'], { seconds: 0.05 });
  await until('did b');
  expect(seen).toEqual(['reconnected', 'fetched', 'did b', ...seen.slice(3)]);
  answer('a');
  await until('gave a back');
  expect(seen).not.toContain('did a');
  await fetching.stop();
});

test('a fetch that fails is repeated with the next ring', async () => {
  const doorbell = patient();
  const { fetching, seen, until } = fetchThese([() => Promise.reject(new Error('away')), async () => 'a'], {
    doorbell: { ...doorbell, wait: async () => {}, rings: 0 },
  });
  await until('did a');
  await fetching.stop();
  // that one failed is no sign that work can be taken
  expect(seen.slice(0, 2)).toEqual(['fetched', 'did a']);
});

test('a ring while a fetch is under way is not missed', async () => {
  const doorbell = patient();
  const { fetching, seen, until } = fetchThese(
    [
      async () => {
        doorbell.ring();
        return null;
      },
      async () => 'a',
    ],
    { doorbell },
  );
  await until('did a');
  await fetching.stop();
  expect(seen.slice(0, 3)).toEqual(['fetched', 'fetched', 'did a']);
});

test('what is fetched when the worker has begun to stop is given back', async () => {
  let answer: (item: string) => void = () => {};
  const asked = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const { fetching, seen } = fetchThese([() => asked, () => never]);
  const stopped = fetching.stop();
  answer('a');
  await stopped;
  expect(seen).toEqual(['fetched', 'gave a back']);
});

const database = testFileDatabase();
let between: Freezable;
let far: Database;
beforeAll(async () => {
  between = await freezable(database().url);
  far = openDatabase(between.url, { poolSize: 2 });
});
afterAll(async () => {
  await far.close();
  await between.close();
});

test('connections through which nothing comes any more are given up, and shards are taken over new ones', async () => {
  await far.pool.query('SELECT 1');
  between.freeze();
  const { evaluationId } = await planned(database(), { shards: { clevr: [1] } });
  const taken = await new Promise<string>((resolve) => {
    const fetching = startFetching({
      name: 'shards',
      fetch: () => claim(far, { worker: 'far', kinds: ['SCORE'], loaded: null, onDisk: [] }),
      async work(work) {
        void fetching.stop();
        await release(far, work);
        resolve(work.evaluationId ?? '');
      },
      giveBack: (work) => release(far, work),
      onFetched: () => {},
      reconnect: () => far.breakConnections(),
      doorbell: createDoorbell(),
      log,
      seconds: 0.5,
    });
  });
  expect(taken).toBe(evaluationId);
  expect(await claimNext(database(), evaluationId)).toMatchObject({ attempts: 1 });
});
