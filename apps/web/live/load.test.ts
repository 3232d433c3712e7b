import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadCode, waitBefore } from './load.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Fails so many times before it comes. */
function piece(failures: number) {
  let asked = 0;
  return {
    asked: () => asked,
    load: async () => {
      asked += 1;
      if (asked <= failures) throw new Error('Failed to load chunk 17 from module 4');
      return 'code';
    },
  };
}

test('code that comes is asked for once', async () => {
  const { load, asked } = piece(0);
  expect([await loadCode(load), asked()]).toEqual(['code', 1]);
});

test('code that does not come is asked for until it does, and each failure is told', async () => {
  const { load, asked } = piece(9);
  const onFailure = vi.fn();
  const loading = loadCode(load, { onFailure });
  await vi.runAllTimersAsync();
  expect([await loading, asked(), onFailure.mock.calls.length]).toEqual(['code', 10, 9]);
});

test('where somebody waits, it ends in a sentence after some tries; another try may find it', async () => {
  const { load, asked } = piece(3);
  const failed = expect(loadCode(load, { tries: 3 })).rejects.toThrow(/^A part of this page did not load\. /);
  await vi.runAllTimersAsync();
  await failed;
  expect(asked()).toBe(3);
  expect(await loadCode(load, { tries: 3 })).toBe('code');
});

test('pauses grow to ten seconds at most', () => {
  for (let retries = 0; retries < 40; retries++) {
    const ceiling = Math.min(10_000, 500 * 2 ** retries);
    const pause = waitBefore(retries);
    expect(pause).toBeGreaterThanOrEqual(ceiling / 2);
    expect(pause).toBeLessThanOrEqual(ceiling);
  }
});
