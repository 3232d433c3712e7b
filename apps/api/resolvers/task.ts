import { boardMetrics, describeMetric } from '@gdbench/benchmark/display';
import { type DataEdition, TASK_NAMES } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import type { Resolvers } from '../generated/resolvers.ts';

const STATES = { whole: 'WHOLE', part: 'PART', unknown: 'UNKNOWN' } as const;

function editionOf(edition: DataEdition | null) {
  return edition && { ...edition, state: STATES[edition.state] };
}

export const task: Resolvers = {
  Query: {
    tasks: () => TASK_NAMES.map((name) => TASKS[name]),
  },
  Task: {
    kind: ({ kind }) => (kind === 'bias' ? 'BIAS' : 'ACCURACY'),
    dataVersion: async ({ name }, _args, { services: { data } }) => (await data.facts(name)).dataVersion,
    examples: async ({ name }, _args, { services: { data } }) => (await data.facts(name)).examples,
    edition: async ({ name }, _args, { services: { data } }) => editionOf((await data.facts(name)).edition),
    notes: async ({ name }, _args, { services: { data } }) => [...(await data.facts(name)).notes],
    unavailable: async ({ name }, _args, { services: { data } }) => (await data.facts(name)).unavailable,
    async metrics({ name }, _args, { services: { data } }) {
      const known = (await data.served()).get(name) ?? [];
      // data of fewer candidates than the official ones have another level
      const { chances } = await data.facts(name);
      return boardMetrics(name, known).map((metric) => {
        const { title, metricLabel, group, chance } = describeMetric(name, metric);
        return { name: `${name}.${metric}`, title, label: metricLabel, group, chance: chances?.get(metric) ?? chance };
      });
    },
  },
};
