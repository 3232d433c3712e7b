import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Arrived } from '@gdbench/benchmark/arrival';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Drawing } from './drawing.ts';
import { endService, messageFrom, startService } from './service.ts';

/** A process that says whether its data are awaited, when it can read clevr's, and when all are there. */
const SCRIPT = `
  setInterval(() => {}, 1_000);
  const { dataArrival } = await import('@gdbench/benchmark/arrival');
  const arrival = dataArrival();
  process.send({ isAwaited: arrival !== undefined });
  await arrival?.of('clevr');
  process.send({ readsClevr: true });
  await arrival?.all;
  process.send({ readsAll: true });`;

let logs: string;
beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), 'gdbench-service-'));
});
afterAll(() => rm(logs, { recursive: true, force: true }));

/** Drawing whose progress the test decides. */
function drawingInHand(): { drawing: Pick<Drawing, 'follow'>; tell(arrived: Arrived): void } {
  const come: Arrived[] = [];
  const listeners: ((arrived: Arrived) => void)[] = [];
  return {
    drawing: {
      follow(listener) {
        for (const arrived of come) listener(arrived);
        listeners.push(listener);
      },
    },
    tell(arrived) {
      come.push(arrived);
      for (const listener of listeners) listener(arrived);
    },
  };
}

function start(drawing?: Pick<Drawing, 'follow'>) {
  const args = ['--import', 'tsx', '--input-type=module', '-e', SCRIPT];
  const service = startService({ name: 'reader', args, env: {}, logs, drawing });
  const heard = <T>(word: string) => {
    const message = messageFrom(service, (said) => (said as Record<string, T>)[word], logs);
    message.catch(() => 'looked at by the test that wants it');
    return message;
  };
  return {
    service,
    isAwaited: heard<boolean>('isAwaited'),
    readsClevr: heard<true>('readsClevr'),
    readsAll: heard<true>('readsAll'),
  };
}

test('a process hears of data that are being drawn part by part; one that is started afterwards is told at once', async () => {
  const { drawing, tell } = drawingInHand();
  const first = start(drawing);
  expect(await first.isAwaited).toBe(true);
  tell('clevr');
  await first.readsClevr;
  let hasAll = false;
  first.readsAll.then(
    () => {
      hasAll = true;
    },
    () => undefined,
  );
  // a process of the same kind that need not wait is done before it
  const other = start();
  expect(await other.isAwaited).toBe(false);
  await other.readsAll;
  expect(hasAll).toBe(false);
  tell('all');
  await first.readsAll;
  await Promise.all([endService(first.service), endService(other.service)]);

  const second = start(drawing);
  expect(await second.isAwaited).toBe(true);
  await second.readsAll;
  await endService(second.service);
});

test('a process that has ended before the data arrive harms nobody', async () => {
  const { drawing, tell } = drawingInHand();
  const ended = start(drawing);
  await ended.isAwaited;
  await endService(ended.service);
  tell('all');
  await expect(ended.readsAll).rejects.toThrow('ended while starting');
});
