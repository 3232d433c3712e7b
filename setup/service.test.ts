import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endService, messageFrom, startService } from './service.ts';

/** A process that says whether its data are awaited, and when they have arrived. */
const SCRIPT = `
  setInterval(() => {}, 1_000);
  const { dataArrival } = await import('@gdbench/benchmark/arrival');
  const arrival = dataArrival();
  process.send({ isAwaited: arrival !== undefined });
  await arrival;
  process.send({ reads: true });`;

let logs: string;
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'gdbench-service-'));
});
afterAll(() => rm(logs, { recursive: true, force: true }));

function start(drawing?: Promise<unknown>) {
  const args = ['--import', 'tsx', '--input-type=module', '-e', SCRIPT];
  const service = startService({ name: 'reader', args, env: {}, logs, drawing });
  const heard = <T>(word: string) => {
    const message = messageFrom(service, (said) => (said as Record<string, T>)[word], logs);
    message.catch(() => 'looked at by the test that wants it');
    return message;
  };
  return { service, isAwaited: heard<boolean>('isAwaited'), reads: heard<true>('reads') };
}

test('a process waits for data that are being drawn and is told; one that is started afterwards is told at once', async () => {
  let drawn: () => void = () => {};
  const drawing = new Promise<void>((resolve) => {
    drawn = resolve;
  });
  const first = start(drawing);
  expect(await first.isAwaited).toBe(true);
  let hasRead = false;
  first.reads.then(
    () => {
      hasRead = true;
    },
    () => undefined,
  );
  // a process of the same kind that need not wait is done before it
  const other = start();
  expect(await other.isAwaited).toBe(false);
  await other.reads;
  expect(hasRead).toBe(false);
  drawn();
  await first.reads;
  await Promise.all([endService(first.service), endService(other.service)]);

  const second = start(drawing);
  expect(await second.isAwaited).toBe(true);
  await second.reads;
  await endService(second.service);
});

test('a process that has ended before the data arrive, and drawing that fails, harm nobody', async () => {
  let drawn: () => void = () => {};
  const drawing = new Promise<void>((resolve) => {
    drawn = resolve;
  });
  const ended = start(drawing);
  await ended.isAwaited;
  const failed = start(Promise.reject(new Error('The disk is full.')));
  await failed.isAwaited;
  await endService(ended.service);
  drawn();
  await expect(ended.reads).rejects.toThrow('ended while starting');
  await endService(failed.service);
  await expect(failed.reads).rejects.toThrow('ended while starting');
});
