import { hasEnded } from '@gdbench/benchmark/states';
import { listen } from '@gdbench/prisma/events';
import { withRetry } from '@gdbench/prisma/retry';
import type { BoardList } from '../board/list.ts';
import { busy } from '../graphql/errors.ts';
import type { EvaluationParent, LeaderboardParent } from '../graphql/mappers.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import type { Mailbox } from './mailbox.ts';
import { createTopic, type Topic, type TopicOptions } from './topic.ts';

/** Pages in the order of a column that are watched at once, each of which is read after every change of the board. */
const MOST_SORTED = 100;
const TOO_MANY = `${MOST_SORTED} pages in the order of some column are watched just now, and this one is none of them: read it by leaderboard(sort:), or try again in a moment.`;

export interface Live {
  /** The evaluation now, then after each change, until it ends; null once when there is none. */
  evaluation(id: string): Mailbox<EvaluationParent | null>;
  /** The first page of a list now, then after each change of the board. */
  leaderboard(first: number, list: BoardList): Mailbox<LeaderboardParent>;
  /** Something changed that the database does not know, e.g. bytes of an upload arrived here. */
  evaluationChanged(id: string): void;
  /** Whether the database tells us of changes at this moment. */
  connected(): boolean;
  close(): Promise<void>;
}

interface Options {
  databaseUrl: string;
  readEvaluation(id: string): Promise<EvaluationParent | null>;
  readBoard(first: number, list: BoardList): Promise<LeaderboardParent>;
  /** The database tells of changes, for the first time or again. */
  onConnect(): void;
  metrics: Metrics;
  log: Logger;
}

/** One LISTEN for the whole process, and a topic for each evaluation and each kind of first page that someone watches. */
export function createLive(options: Options): Live {
  const { databaseUrl, readEvaluation, readBoard, metrics, log } = options;
  const evaluations = new Map<string, Topic<EvaluationParent | null>>();
  const boards = new Map<string, Topic<LeaderboardParent>>();
  const sorted = new Map<string, Topic<LeaderboardParent>>();
  const pages = () => [...boards.values(), ...sorted.values()];
  const closing = new AbortController();
  let connected = false;

  /** While the database is away, subscribers wait; they get the present state when it is back. */
  const patient = <T>(read: () => Promise<T>) => withRetry(read, { signal: closing.signal });

  const database = listen(databaseUrl, {
    onEvent(event) {
      if ('evaluation' in event) {
        metrics.events.inc({ topic: 'evaluation' });
        evaluations.get(event.evaluation)?.changed();
      } else if ('board' in event) {
        metrics.events.inc({ topic: 'board' });
        for (const topic of pages()) topic.changed();
      }
    },
    onConnect() {
      connected = true;
      metrics.listening.set(1);
      log.info('listening for changes of the database');
      for (const topic of [...evaluations.values(), ...pages()]) topic.changed(true);
      options.onConnect();
    },
    onError(error) {
      connected = false;
      metrics.listening.set(0);
      log.warn({ err: error }, 'the database does not tell of changes just now; connecting again');
    },
  });

  return {
    evaluation: (id) =>
      topicOf(evaluations, id, metrics.topics, {
        read: () => patient(() => readEvaluation(id)),
        isLast: (evaluation) => evaluation === null || hasEnded(evaluation.state),
      }).subscribe(),
    leaderboard(first, list) {
      const key = JSON.stringify([first, list]);
      const watched = list.sort === null ? boards : sorted;
      if (watched === sorted && !sorted.has(key) && sorted.size >= MOST_SORTED) throw busy(TOO_MANY);
      return topicOf(watched, key, metrics.topics, {
        read: () => patient(() => readBoard(first, list)),
        isSame: (before, after) => before.boardVersion === after.boardVersion,
      }).subscribe();
    },
    evaluationChanged: (id) => evaluations.get(id)?.changed(),
    connected: () => connected,
    async close() {
      closing.abort();
      for (const topic of [...evaluations.values(), ...pages()]) topic.end();
      await database.close();
    },
  };
}

/** The topic of a key, made for its first subscriber and forgotten after its last. */
function topicOf<K, T>(
  topics: Map<K, Topic<T>>,
  key: K,
  gauge: Metrics['topics'],
  options: Omit<TopicOptions<T>, 'onEmpty'>,
): Topic<T> {
  const present = topics.get(key);
  if (present) return present;
  const onEmpty = () => {
    topics.delete(key);
    gauge.dec();
  };
  const topic = createTopic<T>({ ...options, onEmpty });
  topics.set(key, topic);
  gauge.inc();
  return topic;
}
