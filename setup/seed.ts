import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { builtinCheckpoints, checkpointSha256OfFolder } from './builtin.ts';
import { runNode, step } from './step.ts';
import { isSubmitted } from './submitted.ts';

const ENDED = new Set(['DONE', 'REFUSED', 'FAILED', 'CANCELLED']);
const PROGRESS = 'subscription ($id: ID!) { evaluationProgress(id: $id) { state shardsDone } }';

interface Progress {
  evaluationProgress: { state: string; shardsDone: number } | null;
}

/**
 * Submits the built-in checkpoints as anyone would, leaving out those that stand on the board or are on their way. The
 * first one has its first score before the next is sent: inspections go before scores in the queue, and would hold it up.
 * @param onFirstScore called once there is a score, or none to wait for.
 */
export async function submitBuiltin(apiUrl: string, isEnding: () => boolean, onFirstScore: () => void): Promise<void> {
  let isFirst = true;
  for (const { name, folder } of builtinCheckpoints()) {
    if (isEnding()) return;
    if (await isSubmitted(apiUrl, name, await checkpointSha256OfFolder(folder))) continue;
    const answer = await step(`Submitting the built-in checkpoint ${name}`, () =>
      runNode(['apps/cli/gdbench.mjs', 'submit', folder, '--name', name, '--server', apiUrl, '--json']),
    );
    const { evaluationId } = JSON.parse(answer.trim().split('\n').at(-1) ?? '') as { evaluationId: string };
    if (isFirst) await step('Waiting for the first score', () => firstScore(apiUrl, evaluationId));
    isFirst = false;
    onFirstScore();
  }
  onFirstScore();
}

/** Resolves when a shard of the evaluation is done, or when the evaluation has ended without one. */
async function firstScore(apiUrl: string, id: string): Promise<void> {
  const client = createClient({
    url: `${apiUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
  });
  try {
    for await (const { data } of client.iterate<Progress>({ query: PROGRESS, variables: { id } })) {
      const progress = data?.evaluationProgress;
      if (!progress || progress.shardsDone > 0 || ENDED.has(progress.state)) return;
    }
  } finally {
    await client.dispose();
  }
}
