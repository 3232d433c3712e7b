import { hasEnded } from '@gdbench/benchmark/states';
import { OperationRefused } from '@gdbench/schema/ask';
import { follow } from '@gdbench/schema/follow';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type BuiltinCheckpoint, builtinCheckpoints, checkpointSha256OfFolder } from './builtin.ts';
import { FirstResultDocument } from './generated/graphql.ts';
import { runNode, step } from './step.ts';
import { isSubmitted } from './submitted.ts';

/**
 * Submits the first of the built-in checkpoints and waits for its first score: inspections go before scores in the queue,
 * so that the other checkpoints would hold it up.
 */
export async function submitFirst(apiUrl: string): Promise<void> {
  const [first] = builtinCheckpoints();
  const evaluationId = first && (await submit(apiUrl, first));
  if (evaluationId) await step('Waiting for the first score', () => firstScore(apiUrl, evaluationId));
}

/** Submits the built-in checkpoints as anyone would. */
export async function submitBuiltin(apiUrl: string, isEnding: () => boolean): Promise<void> {
  for (const checkpoint of builtinCheckpoints()) {
    if (isEnding()) return;
    await submit(apiUrl, checkpoint);
  }
}

/** The evaluation's id; null for a checkpoint that stands on the board or is on its way. */
async function submit(apiUrl: string, { name, folder }: BuiltinCheckpoint): Promise<string | null> {
  if (await isSubmitted(apiUrl, name, await checkpointSha256OfFolder(folder))) return null;
  const answer = await step(`Submitting the built-in checkpoint ${name}`, () =>
    runNode(['apps/cli/gdbench.mjs', 'submit', folder, '--name', name, '--server', apiUrl, '--json']),
  );
  return (JSON.parse(answer.trim().split('\n').at(-1) ?? '') as { evaluationId: string }).evaluationId;
}

/** Resolves when the evaluation has a result, or when it has ended without one. */
async function firstScore(apiUrl: string, id: string): Promise<void> {
  const client = createClient({
    url: `${apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  try {
    for await (const { evaluationProgress: progress } of follow(client, FirstResultDocument, { id }))
      if (!progress || progress.results.length > 0 || hasEnded(progress.state)) return;
  } catch (error) {
    // what the API does not tell is no reason to end the platform
    if (!(error instanceof OperationRefused)) throw error;
  } finally {
    await client.dispose();
  }
}
