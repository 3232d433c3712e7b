import { isAdaptive, isSampled } from '@gdbench/benchmark/protocol';
import { TASK_NAMES, type TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import type { EvaluationDetail } from '@gdbench/prisma/evaluations';
import type { InvalidInputError, ScoringDifference, WrongStateError } from '../generated/resolvers.ts';

type Side = Pick<
  EvaluationDetail,
  'id' | 'state' | 'protocol' | 'samples' | 'seed' | 'limit' | 'codeVersion' | 'tasks'
> & {
  readonly checkpoint: { readonly name: string };
};
type Refusal = (Omit<WrongStateError, '__typename'> & { __typename: 'WrongStateError' }) | InvalidInput;
type InvalidInput = Omit<InvalidInputError, '__typename'> & { __typename: 'InvalidInputError' };

/** Why two evaluations cannot be compared at all; null where they can. */
export function refusalOf(left: Side, right: Side): Refusal | null {
  if (left.id === right.id)
    return invalid('SAME_EVALUATION', 'Both sides are the same evaluation.', 'Give the ids of two evaluations.');
  for (const side of [left, right]) if (side.state !== 'DONE') return unfinished(side);
  if (isRace(left) !== isRace(right))
    return invalid(
      'RACE_AND_EXACT',
      `The two were scored by ${left.protocol} and ${right.protocol}, and a race is compared only with another.`,
      'Evaluate both under one protocol.',
    );
  if (left.limit !== right.limit)
    return invalid(
      'OTHER_EXAMPLES',
      `The two were scored on other examples: ${examplesOf(left)}, and ${examplesOf(right)}.`,
      'Evaluate both on the same examples.',
    );
  return null;
}

/** The refusal of two that have no task left to be compared on. */
export function nothingInCommon(leftOut: readonly LeftOut[]): InvalidInput {
  const reasons = leftOut.map(({ task, reason }) => `${task}: ${reason}`).join(' ');
  return invalid(
    'NOTHING_IN_COMMON',
    `There is no task on which the two can be compared. ${reasons}`.trim(),
    'Evaluate both on the data that the board has now.',
  );
}

/** Settings that differ and may move scores; samples, seed and the version of the code count where both sides have them. */
export function differencesOf(left: Side, right: Side): ScoringDifference[] {
  const settings = ({ protocol, samples, seed, codeVersion }: Side) =>
    protocol !== null && isSampled(protocol)
      ? { protocol, samples, seed, codeVersion }
      : { protocol, samples: null, seed: null, codeVersion };
  const [a, b] = [settings(left), settings(right)];
  return (['protocol', 'samples', 'seed', 'codeVersion'] as const).flatMap((setting) =>
    a[setting] === b[setting] || a[setting] === null || b[setting] === null
      ? []
      : [{ setting, left: String(a[setting]), right: String(b[setting]) }],
  );
}

export interface LeftOut {
  readonly task: string;
  readonly reason: string;
}

export interface Common {
  readonly tasks: readonly { readonly task: TaskName; readonly dataVersion: string }[];
  readonly leftOut: readonly LeftOut[];
}

/** Of the tasks asked for (null: all that either was scored on), those with a paired test on the same data. */
export function commonTasks(left: Side, right: Side, asked: readonly TaskName[] | null): Common {
  const tasks: { task: TaskName; dataVersion: string }[] = [];
  const leftOut: LeftOut[] = [];
  const versionOf = ({ tasks: own }: Side, task: TaskName) => own.find((one) => one.task === task)?.dataVersion;
  for (const task of TASK_NAMES) {
    const [a, b] = [versionOf(left, task), versionOf(right, task)];
    if (asked ? !asked.includes(task) : a === undefined && b === undefined) continue;
    const reason = a === undefined || b === undefined ? unscored(left, right, a, b) : flawOf(task, a, b);
    if (reason === null) tasks.push({ task, dataVersion: a! });
    else leftOut.push({ task, reason });
  }
  return { tasks, leftOut };
}

function unscored(left: Side, right: Side, a: string | undefined, b: string | undefined): string {
  if (a === undefined && b === undefined) return 'Neither was scored on it.';
  const side = a === undefined ? `left one, ${left.checkpoint.name},` : `right one, ${right.checkpoint.name},`;
  return `The ${side} was not scored on it.`;
}

function flawOf(task: TaskName, a: string, b: string): string | null {
  if (TASKS[task].kind === 'bias') return 'Bias has no test on pairs of examples.';
  return a === b ? null : `The two were scored on different data (versions ${a} and ${b}).`;
}

function unfinished({ id, state, checkpoint }: Side): Refusal {
  return {
    __typename: 'WrongStateError',
    code: 'EVALUATION_NOT_DONE',
    message: `The evaluation ${id} of ${checkpoint.name} is ${state}, and only finished ones are compared.`,
    remedy: 'Wait until it is DONE, or evaluate it again.',
    state,
  };
}

function invalid(code: string, message: string, remedy: string): InvalidInput {
  return { __typename: 'InvalidInputError', code, message, remedy, field: 'right' };
}

const isRace = ({ protocol }: Side) => protocol !== null && isAdaptive(protocol);

const examplesOf = ({ limit }: Side) => (limit === null ? 'all' : `the first ${limit} of each subtask or group`);
