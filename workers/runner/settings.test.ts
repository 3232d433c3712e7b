import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsFault } from '@gdbench/settings/fault';
import { expect, test } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { DEVICES } from '../engine/runtime/device.ts';
import { workerSettings } from './settings.ts';

const DATABASE_URL = 'postgresql://u:p@127.0.0.1:5432/gdbench';

test('a worker runs on each device that the engine knows, and on no other', () => {
  for (const device of DEVICES) expect(workerSettings({ DATABASE_URL, GDBENCH_DEVICE: device }).device).toBe(device);
  expect(() => workerSettings({ DATABASE_URL, GDBENCH_DEVICE: 'abacus' })).toThrow(
    `GDBENCH_DEVICE is "abacus": give one of ${DEVICES.join(', ')}.`,
  );
});

test('all that is wrong is told at once', () => {
  const read = () => workerSettings({ DATABASE_URL: '', GDBENCH_MEMORY_GB: 'much', GDBENCH_BATCH: '0' });
  expect(read).toThrow(SettingsFault);
  for (const name of ['DATABASE_URL', 'GDBENCH_MEMORY_GB', 'GDBENCH_BATCH']) expect(read).toThrow(name);
});

test('without a data root a worker reads the newest set that was drawn into its home', async () => {
  const home = newFolder();
  const settings = () => workerSettings({ DATABASE_URL, GDBENCH_HOME: home });
  expect(settings().data).toBe(join(home, 'data'));
  for (const name of ['builtin-9', 'builtin-10', 'builtin-11.new', 'mine'])
    await mkdir(join(home, 'data', name), { recursive: true });
  expect(settings().data).toBe(join(home, 'data/builtin-10'));
  expect(settings().storage).toBe(`file:${join(home, 'storage')}`);
  expect(workerSettings({ DATABASE_URL, GDBENCH_HOME: home, GDBENCH_DATA: '/data' }).data).toBe('/data');
});
