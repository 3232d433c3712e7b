import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { Mask } from '../graphql/errors.ts';
import type { Metrics } from './metrics.ts';

/** A subscription as one socket asks it. */
export interface Subscription extends ExecutionArgs {
  /** Equal for subscriptions to which an event has the same answer. */
  readonly alike: string;
  /** Sends an answer, which is JSON. */
  answer(payload: string): Promise<void>;
}

interface Options {
  readonly mask: Mask;
  readonly metrics: Metrics;
}

type Subscribe = (subscription: Subscription) => Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>;

/**
 * Subscribes as graphql-js does, but an event that many were given is answered once for all who ask the same of it: its fields
 * are resolved once, and written as JSON once. So answers are sent here, and the caller is given nothing but the end.
 */
export function sharedAnswers({ mask, metrics }: Options): Subscribe {
  const answers = new WeakMap<object, Map<string, Promise<string>>>();

  const make = async (subscription: Subscription, event: unknown): Promise<string> => {
    metrics.answers.inc({ source: 'made' });
    const { data, errors } = await execute({ ...subscription, rootValue: event });
    return JSON.stringify({ data, ...(errors && { errors: errors.map((error) => mask(error.toJSON(), error)) }) });
  };
  const answerTo = (subscription: Subscription, event: unknown): Promise<string> => {
    if (typeof event !== 'object' || event === null) return make(subscription, event);
    const made = answers.get(event) ?? new Map<string, Promise<string>>();
    answers.set(event, made);
    const present = made.get(subscription.alike);
    if (present) metrics.answers.inc({ source: 'shared' });
    const answer = present ?? make(subscription, event);
    made.set(subscription.alike, answer);
    return answer;
  };

  return async (subscription) => {
    const stream = await createSourceEventStream(subscription);
    if (!(Symbol.asyncIterator in stream)) return stream;
    return told(stream[Symbol.asyncIterator](), async (event) =>
      subscription.answer(await answerTo(subscription, event)),
    );
  };
}

/**
 * Tells each event, and yields none. Not a generator function: that would wait for the event after the one at hand before it
 * lets go.
 */
function told(
  events: AsyncIterator<unknown>,
  tell: (event: unknown) => Promise<void>,
): AsyncGenerator<never, void, void> {
  const end = async () => {
    await events.return?.();
    return { done: true, value: undefined } as const;
  };
  return {
    async next() {
      for (;;) {
        const { done, value } = await events.next();
        if (done) return { done, value: undefined };
        await tell(value);
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
