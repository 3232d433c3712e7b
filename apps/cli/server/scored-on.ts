import type { DataSet } from '@gdbench/benchmark/results';
import { DataNowDocument } from '../generated/graphql.ts';
import type { Evaluation } from './evaluation.ts';
import { askServer, type Server } from './server.ts';

/** How long the name of the data is waited for: a server that has just been started may still be reading them. */
const NAME_SECONDS = 10;

/** The data of the evaluation, by the name that the server has for them as long as they are those that it has now. */
export async function scoredOn(server: Server, { tasks }: Evaluation): Promise<DataSet> {
  const { dataSetSha256 } = await import('@gdbench/benchmark/data-set');
  const sha256 = dataSetSha256(new Map(tasks.map(({ task, dataVersion }) => [task, dataVersion])));
  // the figures stand for themselves: a name is no reason to keep them back
  const now = await askServer(server, DataNowDocument, {}, { seconds: NAME_SECONDS }).catch(() => null);
  const isNow = (one: { task: string; dataVersion: string }) =>
    now?.tasks.some(({ name, dataVersion }) => name === one.task && dataVersion === one.dataVersion);
  return { ...(now && tasks.every(isNow) ? now.dataSet : { name: null, version: null }), sha256 };
}
