import { expect, test } from 'vitest';
import { testFileDatabase } from '../test/support/open-database.ts';
import { openDatabase } from './database.ts';
import { isTransient, withRetry } from './retry.ts';
import { inTransaction } from './transaction.ts';

const database = testFileDatabase();

test('work whose connection the server ends is done again, by our statements and by Prisma', async () => {
  const errors: Error[] = [];
  const db = openDatabase(database().url, { onError: (error) => errors.push(error) });
  try {
    let tries = 0;
    const endOnce = `SELECT pg_terminate_backend(pg_backend_pid()) WHERE $1`;
    const result = await withRetry(() =>
      inTransaction(db, async (sql) => {
        tries += 1;
        await sql.query(endOnce, [tries === 1]);
        return 'done';
      }),
    );
    expect([result, tries]).toEqual(['done', 2]);
    tries = 0;
    await withRetry(() =>
      db.prisma.$transaction(async (prisma) => {
        tries += 1;
        if (tries === 1) await prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())::text`;
        return prisma.evaluation.count();
      }),
    );
    expect(tries).toBe(2);
  } finally {
    await db.close();
  }
});

test('a connection that breaks while it is held and idle does not end the process', async () => {
  const errors: Error[] = [];
  const db = openDatabase(database().url, { onError: (error) => errors.push(error) });
  try {
    const held = await db.pool.connect();
    const { rows } = await held.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const broken = new Promise((resolve) => held.once('end', resolve));
    await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await broken;
    held.release(true);
    expect(errors.length).toBeGreaterThan(0);
  } finally {
    await db.close();
  }
});

test('a database that is away is waited for, until the signal', async () => {
  const db = openDatabase('postgresql://127.0.0.1:1/none');
  const stop = new AbortController();
  let tries = 0;
  const waiting = withRetry(
    () => {
      tries += 1;
      if (tries === 3) stop.abort(new Error('shut down'));
      return db.pool.query('SELECT 1');
    },
    { signal: stop.signal },
  );
  await expect(waiting).rejects.toThrow('shut down');
  expect(tries).toBe(3);
  await expect(withRetry(() => db.prisma.evaluation.count(), { retries: 0 })).rejects.toSatisfy(isTransient);
  await db.close();
});

test('a fault of the statement itself is thrown at once', async () => {
  let tries = 0;
  const wrong = withRetry(() => {
    tries += 1;
    return database().pool.query('SELECT nothing_of_this_name');
  });
  await expect(wrong).rejects.toThrow('nothing_of_this_name');
  expect(tries).toBe(1);
  for (const code of ['23505', '22P02', '42P01', '3D000', '28P01']) expect(isTransient({ code })).toBe(false);
  for (const code of ['08006', '57P01', '57P03', '40001', '40P01'])
    expect(isTransient(new Error('x', { cause: { code } }))).toBe(true);
});
