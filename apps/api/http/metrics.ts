import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** What /metrics shows, beside the process's own figures (memory, event loop, garbage collection). */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'gdbench_graphql_request_seconds',
      help: 'Time to answer a GraphQL request over HTTP.',
      labelNames: ['operation', 'outcome'] as const,
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    }),
    sockets: new Gauge({ name: 'gdbench_sockets', help: 'Open GraphQL sockets.', registers }),
    subscriptions: new Gauge({ name: 'gdbench_subscriptions', help: 'Operations under way on sockets.', registers }),
    topics: new Gauge({
      name: 'gdbench_live_topics',
      help: 'Evaluations and board pages that someone watches.',
      registers,
    }),
    boardReads: new Counter({
      name: 'gdbench_board_reads_total',
      help: 'Pages of the leaderboard asked for; `cached` ones were answered without reading them again.',
      labelNames: ['source'] as const,
      registers,
    }),
    answers: new Counter({
      name: 'gdbench_subscription_answers_total',
      help: 'Events of subscriptions that were answered; `shared` ones with what was made for another reader.',
      labelNames: ['source'] as const,
      registers,
    }),
    events: new Counter({
      name: 'gdbench_database_events_total',
      help: 'Notifications of the database, by what changed.',
      labelNames: ['topic'] as const,
      registers,
    }),
    listening: new Gauge({
      name: 'gdbench_database_listening',
      help: '1 while the database tells this process of changes.',
      registers,
    }),
    uploads: new Counter({
      name: 'gdbench_uploads_total',
      help: 'Uploads that came to an end: stored, or refused for another hash than the manifest said.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    uploadedBytes: new Counter({ name: 'gdbench_uploaded_bytes_total', help: 'Bytes of stored uploads.', registers }),
  };
}
