import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** Runs an operation over HTTP; throws when the answer holds errors. */
export async function request<T>(apiUrl: string, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as { data?: T; errors?: unknown };
  if (body.errors || !body.data) throw new Error(`GraphQL answered ${JSON.stringify(body.errors)}`);
  return body.data;
}

/** A client that comes back after every loss of the connection, as the web pages' does. */
export function liveClient(apiUrl: string): Client {
  return createClient({
    url: `${apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
    shouldRetry: () => true,
  });
}

export interface Progress {
  id: string;
  state: string;
  shardsDone: number;
  shardsTotal: number;
  retriedShards: number;
  failure: {
    fault: string;
    message: string;
    remedy: string;
    faults: { file: string; message: string; expected: string; found: string; remedy: string }[];
  } | null;
  results: { task: string; metric: string; value: number | null; n: number; complete: boolean }[];
  tasks: { task: string; examples: number; examplesDone: number }[];
}

const PROGRESS = `subscription ($id: ID!) { evaluationProgress(id: $id) {
  id state shardsDone shardsTotal retriedShards failure { fault message remedy faults { file message expected found remedy } }
  results { task metric value n complete } tasks { task examples examplesDone }
} }`;

export const ENDED = new Set(['DONE', 'REFUSED', 'FAILED', 'CANCELLED']);

/** Follows an evaluation and resolves with the first state that `until` accepts. */
export async function follow(client: Client, id: string, until: (progress: Progress) => boolean): Promise<Progress> {
  for await (const event of client.iterate<{ evaluationProgress: Progress | null }>({
    query: PROGRESS,
    variables: { id },
  })) {
    if (event.errors) throw new Error(JSON.stringify(event.errors));
    const progress = event.data?.evaluationProgress;
    if (!progress) throw new Error(`No evaluation ${id}`);
    if (until(progress)) return progress;
    if (ENDED.has(progress.state)) throw new Error(`The evaluation ended too early: ${JSON.stringify(progress)}`);
  }
  throw new Error('The subscription ended before the awaited state came.');
}

export const isDone = (progress: Progress): boolean => progress.state === 'DONE';
