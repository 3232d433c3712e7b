import type { TaskName } from '@gdbench/benchmark/task';
import type { EvaluationDetail } from '@gdbench/prisma/evaluations';
import type { BenchmarkData } from '../benchmark/data.ts';
import type { TaskComparison } from '../generated/resolvers.ts';
import { openPairing } from './pairing.ts';
import { type Common, commonTasks, type LeftOut } from './rules.ts';

/** Evaluations that may be compared, by the rules of `refusalOf`. */
export interface Comparisons {
  /** `tasks`: of these alone; null: of all that either was scored on. */
  compare(left: EvaluationDetail, right: EvaluationDetail, tasks: readonly TaskName[] | null): Promise<Compared>;
  close(): Promise<void>;
}

export interface Compared {
  readonly tasks: readonly TaskComparison[];
  readonly leftOut: readonly LeftOut[];
}

interface Options {
  readonly databaseUrl: string;
  /** The data root; absent: no task can be compared. */
  readonly root: string | undefined;
  readonly data: BenchmarkData;
}

export function createComparisons({ databaseUrl, root, data }: Options): Comparisons {
  const pairing = root === undefined ? null : openPairing({ databaseUrl, root });
  return {
    async compare(left, right, asked) {
      const common = await withoutOtherData(commonTasks(left, right, asked), data);
      const tasks = common.tasks.map(async ({ task, dataVersion }): Promise<TaskComparison> => {
        const pair = { task, dataVersion, limit: left.limit, left: left.id, right: right.id };
        const metrics = pairing ? await pairing.test(pair) : [];
        return { task, dataVersion, metrics: metrics.map((one) => ({ ...one, test: TESTS[one.test] })) };
      });
      return { tasks: await Promise.all(tasks), leftOut: common.leftOut };
    },
    close: async () => pairing?.close(),
  };
}

const TESTS = { mcnemar: 'MCNEMAR', 'sign-flip': 'SIGN_FLIP' } as const;

/** Clusters and groups stand in the data, so a task of which the board has other data now, or none, cannot be compared. */
async function withoutOtherData({ tasks, leftOut }: Common, data: BenchmarkData): Promise<Common> {
  const looked = await Promise.all(
    tasks.map(async (one) => {
      const { dataVersion, unavailable } = await data.facts(one.task);
      if (dataVersion === one.dataVersion) return { one, reason: null };
      const now = unavailable ?? `The board has version ${dataVersion} of its data now.`;
      return { one, reason: `Both were scored on version ${one.dataVersion}. ${now}` };
    }),
  );
  return {
    tasks: looked.flatMap(({ one, reason }) => (reason === null ? [one] : [])),
    leftOut: [
      ...leftOut,
      ...looked.flatMap(({ one: { task }, reason }) => (reason === null ? [] : [{ task, reason }])),
    ],
  };
}
