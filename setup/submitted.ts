/** States in which a submission needs nothing more from its submitter. */
const UNDER_WAY = new Set(['INSPECTING', 'QUEUED', 'SCORING']);

const SUBMISSIONS = `query ($sha256: String!) {
  submissions(sha256: $sha256) { checkpoint { name } evaluation { state tasks { task dataVersion } } }
}`;
const VERSIONS = '{ tasks { name dataVersion } }';

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
 * there with all of its files.
 */
export async function isSubmitted(apiUrl: string, name: string, sha256: string): Promise<boolean> {
  const { submissions } = await ask<Submissions>(apiUrl, SUBMISSIONS, { sha256 });
  const own = submissions.flatMap(({ checkpoint, evaluation }) => (checkpoint.name === name ? [evaluation] : []));
  if (own.some(({ state }) => UNDER_WAY.has(state))) return true;
  const done = own.filter(({ state }) => state === 'DONE');
  // the versions of data that are still being drawn have to be waited for: not where nothing hangs on them
  if (done.length === 0) return false;
  const { tasks } = await ask<Versions>(apiUrl, VERSIONS);
  const now = new Map(tasks.map((task) => [task.name, task.dataVersion]));
  return done.some((evaluation) =>
    evaluation.tasks.every(({ task, dataVersion }) => (now.get(task) ?? dataVersion) === dataVersion),
  );
}

async function ask<T>(apiUrl: string, query: string, variables: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${apiUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return ((await response.json()) as { data: T }).data;
}
