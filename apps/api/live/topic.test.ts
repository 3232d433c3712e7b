import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COALESCE_MS, createTopic } from './topic.ts';

/** A source whose reads are counted and answered by hand. */
function createSource() {
  const pending: ((value: number) => void)[] = [];
  return {
    read: () => new Promise<number>((resolve) => pending.push(resolve)),
    /** Reads that wait for an answer. */
    waiting: () => pending.length,
    async answer(value: number) {
      pending.shift()?.(value);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const tick = () => vi.advanceTimersByTimeAsync(0);

describe('topic', () => {
  it('reads once for all who subscribe together and gives each the value', async () => {
    const source = createSource();
    const topic = createTopic({ read: source.read, onEmpty: () => undefined });
    const mailboxes = Array.from({ length: 50 }, () => topic.subscribe());
    await tick();
    expect(source.waiting()).toBe(1);
    await source.answer(7);
    const values = await Promise.all(mailboxes.map((mailbox) => mailbox.next()));
    expect(values.map(({ value }) => value)).toEqual(Array(50).fill(7));
  });

  it('reads again for one who subscribes while a read is under way, for that read may be too old', async () => {
    const source = createSource();
    const topic = createTopic({ read: source.read, onEmpty: () => undefined });
    const early = topic.subscribe();
    await tick();
    const late = topic.subscribe();
    const first = late.next();
    await source.answer(1);
    expect((await early.next()).value).toBe(1);
    await source.answer(2);
    expect((await first).value).toBe(2);
  });

  it('makes one read of many changes within the coalescing time, and none is lost', async () => {
    const source = createSource();
    const topic = createTopic({ read: source.read, onEmpty: () => undefined });
    const mailbox = topic.subscribe();
    await tick();
    await source.answer(0);
    await mailbox.next();
    for (let i = 0; i < 20; i++) topic.changed();
    expect(source.waiting()).toBe(0);
    await vi.advanceTimersByTimeAsync(COALESCE_MS);
    expect(source.waiting()).toBe(1);
    topic.changed(); // after the read began: it needs another
    await source.answer(1);
    expect((await mailbox.next()).value).toBe(1);
    await vi.advanceTimersByTimeAsync(COALESCE_MS);
    await source.answer(2);
    expect((await mailbox.next()).value).toBe(2);
    await vi.advanceTimersByTimeAsync(10 * COALESCE_MS);
    expect(source.waiting()).toBe(0);
  });

  it('keeps only the newest value for one who reads slowly', async () => {
    const source = createSource();
    const topic = createTopic({ read: source.read, onEmpty: () => undefined });
    const mailbox = topic.subscribe();
    await tick();
    await source.answer(0);
    for (let value = 1; value <= 5; value++) {
      topic.changed();
      await vi.advanceTimersByTimeAsync(COALESCE_MS);
      await source.answer(value);
    }
    expect((await mailbox.next()).value).toBe(5);
  });

  it('ends after the last value has been taken', async () => {
    const source = createSource();
    const onEmpty = vi.fn();
    const topic = createTopic({ read: source.read, isLast: (value) => value === 9, onEmpty });
    const mailbox = topic.subscribe();
    await tick();
    await source.answer(9);
    expect(onEmpty).not.toHaveBeenCalled();
    expect(await mailbox.next()).toEqual({ done: false, value: 9 });
    expect((await mailbox.next()).done).toBe(true);
    expect(onEmpty).toHaveBeenCalledOnce();
  });

  it('does not repeat a state that is known, unless a gap may have hidden changes', async () => {
    const source = createSource();
    const topic = createTopic({ read: source.read, isSame: (a, b) => a === b, onEmpty: () => undefined });
    const mailbox = topic.subscribe();
    await tick();
    await source.answer(1);
    await mailbox.next();
    topic.changed();
    await vi.advanceTimersByTimeAsync(COALESCE_MS);
    await source.answer(1);
    const next = mailbox.next();
    topic.changed(true);
    await vi.advanceTimersByTimeAsync(COALESCE_MS);
    await source.answer(1);
    expect((await next).value).toBe(1);
    // the unforced repetition before would have left a second value waiting
    const further = mailbox.next();
    topic.end();
    expect((await further).done).toBe(true);
  });

  it('passes a failed read to those who wait and can be subscribed anew', async () => {
    const read = vi.fn<() => Promise<number>>().mockRejectedValueOnce(new Error('broken')).mockResolvedValue(3);
    const topic = createTopic({ read, onEmpty: () => undefined });
    await expect(topic.subscribe().next()).rejects.toThrow('broken');
    expect((await topic.subscribe().next()).value).toBe(3);
  });

  it('forgets a subscriber who leaves, and reads for nobody', async () => {
    const source = createSource();
    const onEmpty = vi.fn();
    const topic = createTopic({ read: source.read, onEmpty });
    const mailbox = topic.subscribe();
    await tick();
    await source.answer(0);
    await mailbox.return();
    expect(onEmpty).toHaveBeenCalledOnce();
    topic.changed();
    await vi.advanceTimersByTimeAsync(10 * COALESCE_MS);
    expect(source.waiting()).toBe(0);
  });
});
