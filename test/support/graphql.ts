import { setTimeout } from 'node:timers/promises';
import { hasEnded } from '@gdbench/benchmark/states';
import { follow as followOperation } from '@gdbench/schema/follow';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EvaluationProgressDocument, type ProgressFragment } from '../generated/graphql.ts';

/** A client that comes back after every loss of the connection, as the web pages' does. */
export function liveClient(apiUrl: string): Client {
  return createClient({
    url: `${apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => setTimeout(100),
    shouldRetry: () => true,
  });
}

export type Progress = ProgressFragment;

/** Follows an evaluation and resolves with the first state that `until` accepts. */
export async function follow(client: Client, id: string, until: (progress: Progress) => boolean): Promise<Progress> {
  for await (const { evaluationProgress: progress } of followOperation(client, EvaluationProgressDocument, { id })) {
    if (!progress) throw new Error(`No evaluation ${id}`);
    if (until(progress)) return progress;
    if (hasEnded(progress.state)) throw new Error(`The evaluation ended too early: ${JSON.stringify(progress)}`);
  }
  throw new Error('The subscription ended before the awaited state came.');
}

export const isDone = (progress: Progress): boolean => progress.state === 'DONE';
