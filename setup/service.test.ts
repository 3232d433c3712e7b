import { expect, test } from 'vitest';
import { newFolder } from '../test/support/folder.ts';
import { type Arrivals, createArrivals } from './drawing.ts';
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

const logs = newFolder();

function start(drawing?: Arrivals) {
  const args = ['--input-type=module', '-e', SCRIPT];
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
  const drawing = createArrivals();
  const first = start(drawing);
  expect(await first.isAwaited).toBe(true);
  drawing.tell('clevr');
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
  drawing.tell('all');
  await first.readsAll;
  await Promise.all([endService(first.service), endService(other.service)]);

  const second = start(drawing);
  expect(await second.isAwaited).toBe(true);
  await second.readsAll;
  await endService(second.service);
});

test('a process that has ended before the data arrive harms nobody', async () => {
  const drawing = createArrivals();
  const ended = start(drawing);
  await ended.isAwaited;
  await endService(ended.service);
  drawing.tell('all');
  await expect(ended.readsAll).rejects.toThrow('ended while starting');
});
