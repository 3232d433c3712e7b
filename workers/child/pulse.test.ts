import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPulse } from './pulse.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('work that advances beats once a look, work that hangs and work that is over do not', () => {
  let count = 5;
  const beat = vi.fn();
  const stop = startPulse(() => count, beat, 1_000);
  vi.advanceTimersByTime(3_000);
  expect(beat).toHaveBeenCalledTimes(0);
  count = 90;
  vi.advanceTimersByTime(1_000);
  expect(beat).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  expect(beat).toHaveBeenCalledTimes(1);
  count += 1;
  vi.advanceTimersByTime(1_000);
  expect(beat).toHaveBeenCalledTimes(2);
  stop();
  count += 1;
  vi.advanceTimersByTime(10_000);
  expect(beat).toHaveBeenCalledTimes(2);
});
