import pRetry from 'p-retry';
import { SetupFault } from './fault.ts';

/** States in which a submission needs nothing more from its submitter. */
const UNDER_WAY = new Set(['INSPECTING', 'QUEUED', 'SCORING']);

const SUBMISSIONS = `query ($sha256: String!) {
  submissions(sha256: $sha256) { checkpoint { name } evaluation { state tasks { task dataVersion } } }
}`;

interface Evaluation {
  state: string;
  tasks: { task: string; dataVersion: string }[];
}
interface Submissions {
  submissions: { checkpoint: { name: string }; evaluation: Evaluation }[];
}
interface Versions {
  tasks: { name: string; dataVersion: string | null }[];
}

/**
 * Whether the checkpoint stands on the board under this name, scored on the data that the board has now, or is on its way
 * there with all of its files; or was cancelled and not submitted since, which is somebody's wish.
 */
export async function isSubmitted(apiUrl: string, name: string, sha256: string): Promise<boolean> {
  const { submissions } = await ask<Submissions>(apiUrl, SUBMISSIONS, { sha256 });
  // newest first
  const own = submissions.flatMap(({ checkpoint, evaluation }) => (checkpoint.name === name ? [evaluation] : []));
  if (own[0]?.state === 'CANCELLED' || own.some(({ state }) => UNDER_WAY.has(state))) return true;
  const done = own.filter(({ state }) => state === 'DONE');
  // the versions of data that are still being drawn have to be waited for: not where nothing hangs on them
  if (done.length === 0) return false;
  const { tasks } = await dataVersions(apiUrl);
  return done.some((evaluation) => {
    const scored = new Map(evaluation.tasks.map(({ task, dataVersion }) => [task, dataVersion]));
    return tasks.every(({ name, dataVersion }) => dataVersion === null || scored.get(name) === dataVersion);
  });
}

/** Reading a large data root may take longer than the API keeps a request open; it goes on reading meanwhile. */
function dataVersions(apiUrl: string): Promise<Versions> {
  return pRetry(() => ask<Versions>(apiUrl, '{ tasks { name dataVersion } }'), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 1_000,
    factor: 1,
    shouldRetry: ({ error }) => !(error instanceof SetupFault),
  });
}

async function ask<T>(apiUrl: string, query: string, variables: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T | null; errors?: { message: string }[] };
  if (data) return data;
  const answer = errors?.[0]?.message ?? `status ${response.status} and no data`;
  throw new SetupFault(`The API was asked what is submitted and answered "${answer}": its log says why.`);
}
