import { describe, expect, it } from 'vitest';
import type { Provider } from './device.ts';
import { withFallback } from './fallback.ts';

function place(device: Provider) {
  const made: string[] = [];
  const fallback = withFallback({ session: 'first', device }, async (failed, error) => {
    made.push(`${failed.session} on ${failed.device}: ${(error as Error).message}`);
    await Promise.resolve();
    return 'second';
  });
  return { made, fallback };
}

describe('a session whose device fails', () => {
  it('has one session on the CPU take its place, however many runs fail, and whenever they do', async () => {
    const { made, fallback } = place('cuda');
    let resolve = () => {};
    const late = new Promise<void>((done) => {
      resolve = done;
    });
    const work = (until: Promise<void>) => async (session: string) => {
      if (session === 'second') return session;
      await until;
      throw new Error('lost');
    };
    const slow = fallback.run(work(late));
    const both = [fallback.run(work(Promise.resolve())), fallback.run(work(Promise.resolve()))];
    expect(await Promise.all(both)).toEqual(['second', 'second']);
    expect(fallback.current).toEqual({ session: 'second', device: 'cpu' });
    // It began on the device, and fails when the CPU has long taken its place.
    resolve();
    expect(await slow).toBe('second');
    expect(made).toEqual(['first on cuda: lost']);
  });

  it('is the CPU: its own error is told', async () => {
    const { made, fallback } = place('cpu');
    await expect(fallback.run(() => Promise.reject(new Error('too deep')))).rejects.toThrow('too deep');
    expect(made).toEqual([]);
  });
});
