import { isDeepStrictEqual } from 'node:util';
import { UNDER_WAY } from '@gdbench/benchmark/states';
import { ask, NoGraphql, type Operation, OperationRefused } from '@gdbench/schema/ask';
import pRetry from 'p-retry';
import { SetupFault } from './fault.ts';
import { DataVersionsDocument, type DataVersionsQuery, SubmissionsOfCheckpointDocument } from './generated/graphql.ts';

/**
 * Whether the checkpoint stands on the board under this name, scored by what the board asks on the data that it has now, or is on its way
 * there with all of its files; or was cancelled and not submitted since, which is somebody's wish.
 */
export async function isSubmitted(apiUrl: string, name: string, sha256: string): Promise<boolean> {
  const { submissions } = await askApi(apiUrl, SubmissionsOfCheckpointDocument, { sha256 });
  // newest first
  const own = submissions.flatMap(({ checkpoint, evaluation }) => (checkpoint.name === name ? [evaluation] : []));
  if (own[0]?.state === 'CANCELLED' || own.some(({ state }) => UNDER_WAY.includes(state))) return true;
  const done = own.filter(({ state }) => state === 'DONE');
  // the versions of data that are still being drawn have to be waited for: not where nothing hangs on them
  if (done.length === 0) return false;
  const { tasks, boards } = await dataVersions(apiUrl);
  const [asked] = boards;
  return done.some((evaluation) => {
    if (!isDeepStrictEqual(evaluation.measurement, asked)) return false;
    const scored = new Map(evaluation.tasks.map(({ task, dataVersion }) => [task, dataVersion]));
    return tasks.every(({ name, dataVersion }) => dataVersion === null || scored.get(name) === dataVersion);
  });
}

/** Reading a large data root may take longer than the API keeps a request open; it goes on reading meanwhile. */
function dataVersions(apiUrl: string): Promise<DataVersionsQuery> {
  return pRetry(() => askApi(apiUrl, DataVersionsDocument, {}), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 1_000,
    factor: 1,
    shouldRetry: ({ error }) => !(error instanceof SetupFault),
  });
}

async function askApi<Data, Variables>(
  apiUrl: string,
  operation: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  return ask(apiUrl, operation, variables).catch((error: Error) => {
    if (!(error instanceof OperationRefused || error instanceof NoGraphql)) throw error;
    const answer = error instanceof OperationRefused ? error.message : `status ${error.status} and no data`;
    throw new SetupFault(`The API was asked what is submitted and answered "${answer}": its log says why.`);
  });
}
