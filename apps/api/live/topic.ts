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

/** What changed since the last read began. */
interface Changed<T> {
  /** Subscribers since then, who get the next value whatever it is. */
  readonly newcomers: Set<Mailbox<T>>;
  /** For those who are no newcomers. */
  dirty: boolean;
  /** Also for those who know that state. */
  resend: boolean;
}

const unchanged = <T>(): Changed<T> => ({ newcomers: new Set(), dirty: false, resend: false });

export function createTopic<T>({ read, isLast, isSame, onEmpty }: TopicOptions<T>): Topic<T> {
  /** Subscribers and the value each was given last. */
  const subscribers = new Map<Mailbox<T>, { told: { value: T } | null }>();
  let changed = unchanged<T>();
  let reading = false;
  let lastRead = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const unschedule = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const schedule = () => {
    const { newcomers, dirty } = changed;
    if (reading || subscribers.size === 0 || (newcomers.size === 0 && !dirty)) return;
    const wait = newcomers.size > 0 ? 0 : lastRead + COALESCE_MS - performance.now();
    if (wait <= 0) void deliver();
    else timer ??= setTimeout(() => void deliver(), wait);
  };
  const tell = (value: T, { newcomers, dirty, resend }: Changed<T>) => {
    for (const [mailbox, state] of subscribers) {
      if (!newcomers.has(mailbox)) {
        if (!dirty || state.told === null) continue;
        if (!resend && isSame?.(state.told.value, value)) continue;
      }
      state.told = { value };
      mailbox.put(value);
    }
  };
  /** Newcomers of before the read get its value, so that what they get first is never older than their subscription. */
  const deliver = async () => {
    unschedule();
    if (reading) return;
    reading = true;
    const before = changed;
    changed = unchanged();
    lastRead = performance.now();
    try {
      const value = await read();
      tell(value, before);
      if (isLast?.(value)) for (const mailbox of subscribers.keys()) if (!changed.newcomers.has(mailbox)) mailbox.end();
    } catch (error) {
      for (const mailbox of [...subscribers.keys()]) mailbox.fail(error);
    } finally {
      reading = false;
      schedule();
    }
  };
  const leave = (mailbox: Mailbox<T>) => {
    changed.newcomers.delete(mailbox);
    if (!subscribers.delete(mailbox) || subscribers.size > 0) return;
    unschedule();
    onEmpty();
  };

  return {
    subscribe() {
      const mailbox = createMailbox<T>(() => leave(mailbox));
      subscribers.set(mailbox, { told: null });
      changed.newcomers.add(mailbox);
      // reading in a microtask lets those who subscribe in the same tick share it
      queueMicrotask(schedule);
      return mailbox;
    },
    changed(resend = false) {
      changed.dirty = true;
      changed.resend ||= resend;
      schedule();
    },
    end() {
      for (const mailbox of [...subscribers.keys()]) mailbox.end();
    },
  };
}
