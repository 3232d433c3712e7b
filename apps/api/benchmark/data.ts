import type { Arrival } from '@gdbench/benchmark/arrival';
import { biasPairs } from '@gdbench/benchmark/bias-pairs';
import { type DataSetName, dataSetSha256, readDataSetName } from '@gdbench/benchmark/data-set';
import { describeTask } from '@gdbench/benchmark/describe';
import { boardMetrics } from '@gdbench/benchmark/display';
import type { Edition } from '@gdbench/benchmark/edition';
import { DataError, listTasks, type TaskListing } from '@gdbench/benchmark/load';
import { publishedGroups } from '@gdbench/benchmark/published-groups';
import { summarise } from '@gdbench/benchmark/summarise';
import { type DataEdition, TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { type Logger, logUnexpected } from '../log.ts';

/** What this machine's data says about a task; either the figures or the reason why there are none. */
export type TaskFacts =
  | {
      readonly dataVersion: string;
      readonly examples: number;
      /** By metric, the level of a model that knows nothing on these data. */
      readonly chances: ReadonlyMap<string, number | null>;
      readonly edition: DataEdition;
      readonly notes: readonly string[];
      readonly unavailable: null;
    }
  | {
      readonly dataVersion: null;
      readonly examples: null;
      readonly chances: null;
      readonly edition: null;
      readonly notes: readonly string[];
      readonly unavailable: string;
    };

export interface BenchmarkData {
  /** Read once, in the background from the start on; resolves when it is known. */
  facts(task: TaskName): Promise<TaskFacts>;
  /** The tasks that the data can serve, each with its columns of the board; empty where the data are not known. */
  served(): Promise<ServedTasks>;
  /** By task that the data can serve, the version of its data; resolves when all are known. */
  versions(): Promise<ReadonlyMap<TaskName, string>>;
  /** What the root calls itself, and its hash. */
  identity(): Promise<DataSetIdentity>;
}

export interface DataSetIdentity {
  readonly name: string | null;
  readonly version: string | null;
  readonly sha256: string | null;
}

/** By task, the metrics that have a column, in order. */
export type ServedTasks = ReadonlyMap<TaskName, readonly string[]>;

const unavailable = (reason: string): TaskFacts => ({
  dataVersion: null,
  examples: null,
  chances: null,
  edition: null,
  notes: [],
  unavailable: reason,
});

/**
 * Reads the data root's facts; identity needs every image's bytes, so that takes a while on the full data. `arrival`: what has
 * come of the root; absent: it is complete. `editions`: those of which the data may be.
 */
export function readBenchmarkData(
  root: string | undefined,
  log: Logger,
  arrival?: Arrival,
  editions?: readonly Edition[],
): BenchmarkData {
  if (root === undefined) {
    const facts = unavailable('This API was started without a data root: set GDBENCH_DATA.');
    const identity = { name: null, version: null, sha256: null };
    const none = async () => new Map();
    return { facts: async () => facts, served: none, versions: none, identity: async () => identity };
  }
  const known = new Map<TaskName, Promise<TaskFacts>>();
  const facts = (task: TaskName): Promise<TaskFacts> => {
    const present = known.get(task) ?? read(root, task, arrival, editions).catch((error) => failed(error, task, log));
    known.set(task, present);
    return present;
  };
  const background = async () => {
    // not beside those who draw it and score the first of it
    await arrival?.all;
    for (const task of TASK_NAMES) await facts(task);
  };
  background().catch((error) => logUnexpected(log, error, 'reading the data root'));
  const begun = arrival?.examples ?? Promise.resolve();
  const listings = begun.then(() => listTasks(root, { imagesToCome: arrival !== undefined }));
  const served = listings.then(servedIn).catch((error): ServedTasks => {
    logUnexpected(log, error, 'listing the data root');
    return new Map();
  });
  const name = begun.then(() => readDataSetName(root));
  const versions = () => versionsOf(facts);
  return { facts, served: () => served, versions, identity: async () => identityOf(await name, await versions()) };
}

function servedIn(listings: readonly TaskListing[]): ServedTasks {
  return new Map(
    listings
      .filter(({ runnable }) => runnable)
      .map(({ task, subtasks }) => [task, boardMetrics(task, ofTheseData(task, subtasks))]),
  );
}

async function versionsOf(facts: (task: TaskName) => Promise<TaskFacts>): Promise<Map<TaskName, string>> {
  const versions = new Map<TaskName, string>();
  for (const task of TASK_NAMES) {
    const { dataVersion } = await facts(task);
    if (dataVersion !== null) versions.set(task, dataVersion);
  }
  return versions;
}

function identityOf(named: DataSetName | null, versions: ReadonlyMap<TaskName, string>): DataSetIdentity {
  return { name: named?.name ?? null, version: named?.version ?? null, sha256: dataSetSha256(versions) };
}

/** Metrics that these data have and others have not. */
function ofTheseData(task: TaskName, groups: Readonly<Record<string, number>>): string[] {
  switch (task) {
    case 'mmbias':
      return biasPairs(Object.keys(groups)).map(({ name }) => `${name}.effect_size`);
    case 'vg_relation':
    case 'vg_attribution':
      return publishedGroups(task, new Map(Object.entries(groups))).length > 0 ? ['macro_published'] : [];
    default:
      return [];
  }
}

async function read(
  root: string,
  task: TaskName,
  arrival: Arrival | undefined,
  editions: readonly Edition[] | undefined,
): Promise<TaskFacts> {
  const data = await describeTask(root, task, editions ? { editions } : {}, arrival);
  const chances = new Map(summarise(data, []).metrics.map(({ metric, chance }) => [metric, chance]));
  const { dataVersion, edition, notes = [] } = data;
  return { dataVersion, examples: data.examples.length, chances, edition, notes, unavailable: null };
}

function failed(error: unknown, task: TaskName, log: Logger): TaskFacts {
  if (error instanceof DataError) return unavailable(error.message);
  const logId = logUnexpected(log, error, `data of ${task}`);
  return unavailable(`The data could not be read, which the log has as ${logId}.`);
}
