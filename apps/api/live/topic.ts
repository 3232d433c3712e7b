import { createMailbox, type Mailbox } from './mailbox.ts';

/** Changes within this time come as one. */
export const COALESCE_MS = 100;

export interface TopicOptions<T> {
  /** Reads the present state; called once for all who wait for it. */
  read(): Promise<T>;
  /** True when no change can follow the value: subscribers end with it. */
  isLast?(value: T): boolean;
  /** True when a subscriber who has `before` need not hear `after`. */
  isSame?(before: T, after: T): boolean;
  /** Called when the last subscriber has left. */
  onEmpty(): void;
}

/** One thing that many watch: a change makes one read, whose value goes to all. */
export interface Topic<T> {
  /** The present state, read after this call, then the state after each change. */
  subscribe(): Mailbox<T>;
  /** Something changed. `resend`: tell also those who know that state, after a gap in which changes may have been missed. */
  changed(resend?: boolean): void;
  /** Ends every subscription. */
  end(): void;
}

export function createTopic<T>({ read, isLast, isSame, onEmpty }: TopicOptions<T>): Topic<T> {
  /** Subscribers and the value each was given last. */
  const subscribers = new Map<Mailbox<T>, { told: { value: T } | null }>();
  let newcomers = new Set<Mailbox<T>>();
  let dirty = false;
  let resend = false;
  let reading = false;
  let lastRead = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const schedule = () => {
    if (reading || subscribers.size === 0 || (newcomers.size === 0 && !dirty)) return;
    const wait = newcomers.size > 0 ? 0 : lastRead + COALESCE_MS - performance.now();
    if (wait <= 0) void deliver();
    else timer ??= setTimeout(() => void deliver(), wait);
  };

  /** Newcomers of before the read get its value, so that what they get first is never older than their subscription. */
  const deliver = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (reading) return;
    reading = true;
    const everyone = dirty;
    const again = resend;
    const waiting = newcomers;
    dirty = false;
    resend = false;
    newcomers = new Set();
    lastRead = performance.now();
    try {
      const value = await read();
      for (const [mailbox, state] of subscribers) {
        if (!waiting.has(mailbox)) {
          if (!everyone || state.told === null) continue;
          if (!again && isSame?.(state.told.value, value)) continue;
        }
        state.told = { value };
        mailbox.put(value);
      }
      if (isLast?.(value)) for (const mailbox of subscribers.keys()) if (!newcomers.has(mailbox)) mailbox.end();
    } catch (error) {
      for (const mailbox of [...subscribers.keys()]) mailbox.fail(error);
    } finally {
      reading = false;
      schedule();
    }
  };

  return {
    subscribe() {
      const mailbox = createMailbox<T>(() => {
        newcomers.delete(mailbox);
        if (!subscribers.delete(mailbox) || subscribers.size > 0) return;
        clearTimeout(timer);
        timer = undefined;
        onEmpty();
      });
      subscribers.set(mailbox, { told: null });
      newcomers.add(mailbox);
      // reading in a microtask lets those who subscribe in the same tick share it
      queueMicrotask(schedule);
      return mailbox;
    },
    changed(again = false) {
      dirty = true;
      resend ||= again;
      schedule();
    },
    end() {
      for (const mailbox of [...subscribers.keys()]) mailbox.end();
    },
  };
}
