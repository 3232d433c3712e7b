import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { differencesOf, nothingInCommon, refusalOf } from '../comparison/rules.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { badInput } from '../graphql/errors.ts';
import { evaluationNotFound } from './not-found.ts';

/** Null: all. */
function named(tasks: readonly string[] | null | undefined): TaskName[] | null {
  if (tasks == null) return null;
  const isTask = (name: string): name is TaskName => (TASK_NAMES as readonly string[]).includes(name);
  const known = tasks.filter(isTask);
  if (known.length === tasks.length && known.length > 0) return known;
  const odd = tasks.find((name) => !isTask(name));
  const what = odd === undefined ? 'tasks is empty' : `tasks holds "${odd.slice(0, 60)}"`;
  throw badInput(`${what}: give some of ${TASK_NAMES.join(', ')}, or leave it out for all.`);
}

export const comparison: Resolvers = {
  Query: {
    async comparison(
      _root,
      { left: leftId, right: rightId, tasks: asked },
      { services: { comparisons, evaluations } },
    ) {
      const tasks = named(asked);
      const [left, right] = await Promise.all([evaluations.read(leftId), evaluations.read(rightId)]);
      if (left === null || right === null) return evaluationNotFound(left === null ? leftId : rightId);
      const [a, b] = await Promise.all([left.detail(), right.detail()]);
      const refusal = refusalOf(a, b);
      if (refusal) return refusal;
      const compared = await comparisons.compare(a, b, tasks);
      if (compared.tasks.length === 0) return nothingInCommon(compared.leftOut);
      return { __typename: 'Comparison', left, right, differences: differencesOf(a, b), ...compared };
    },
  },
};
