import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testFileDatabase } from '../../test/support/database.ts';
import { freezable } from '../../test/support/frozen.ts';
import { startChores } from './chores.ts';

const database = testFileDatabase();
const log = pino({ level: 'silent' });
const add = (n: number) =>
  database().pool.query(`SELECT graphile_worker.add_job('chore', json_build_object('n', $1::int))`, [n]);

test('chores are done also after their connections have gone dead without a word', async () => {
  const between = await freezable(database().url);
  const names: string[] = [];
  let onDone: (n: number) => void = () => {};
  const done = () =>
    new Promise<number>((resolve) => {
      onDone = resolve;
    });
  const chores = await startChores({
    databaseUrl: between.url,
    tasks: { chore: async (payload) => onDone((payload as { n: number }).n) },
    log,
    onName: (name) => names.push(name),
    seconds: 3,
  });
  const first = done();
  await add(1);
  expect(await first).toBe(1);
  const second = done();
  between.freeze();
  await add(2);
  expect(await second).toBe(2);
  expect(new Set(names).size).toBe(2);
  await chores.stop();
  await between.close();
}, 60_000);
