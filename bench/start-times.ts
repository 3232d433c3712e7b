import { percent } from '@gdbench/benchmark/figures';
import { isStopped } from '@gdbench/benchmark/states';
import type { BudgetsQuery, LookQuery } from './generated/graphql.ts';

/** What the bench sees of the board at a look. */
type Values = Pick<LookQuery, 'leaderboard'>;
/** Of one evaluation at a look. */
type Seen = LookQuery['evaluations']['edges'][number]['node'];
/** What an evaluation asks of its checkpoint. */
export type Budget = BudgetsQuery['evaluations']['edges'][number]['node'];

export interface Moment {
  step: string;
  /** Since `npm start` was spawned. */
  seconds: number;
}

/** The measured values of all rows, in per cent as the pages write them. */
export function percents({ leaderboard }: Values): string[] {
  const values = leaderboard.edges.flatMap(({ node }) => node.values);
  return values.flatMap((value) => (value === null ? [] : [percent(value)]));
}

/** Whether any row shows a measured value. */
export function showsValue(look: Values): boolean {
  return percents(look).length > 0;
}

/** Whether a page as it is sent has one of these figures, with nothing else beside it. */
export function pageShows(html: string, figures: Iterable<string>): boolean {
  return [...figures].some((figure) => html.includes(`>${figure}<`));
}

/**
 * The newest evaluation of each checkpoint that has any, by the checkpoint's name, in the order of the names.
 *
 * @param names by sha256
 * @param all the newest first
 */
export function newestOf<T extends { readonly checkpoint: { readonly sha256: string } }>(
  names: ReadonlyMap<string, string>,
  all: readonly T[],
): Map<string, T> {
  const found = [...names].map(
    ([sha256, name]) => [name, all.find(({ checkpoint }) => checkpoint.sha256 === sha256)] as const,
  );
  return new Map(found.flatMap(([name, one]) => (one ? [[name, one]] : [])));
}

/**
 * The checkpoints whose evaluation is done.
 * @throws an Error with a sentence when one has ended in another way: there is then no time to report.
 */
export function evaluated(newest: ReadonlyMap<string, Pick<Seen, 'state' | 'failure'>>): string[] {
  return [...newest].flatMap(([name, { state, failure }]) => {
    if (isStopped(state)) throw new Error(`The evaluation of ${name} ended as ${state}: ${failure?.message ?? ''}`);
    return state === 'DONE' ? [name] : [];
  });
}

/** The step that a line printed by `npm start` says is done; undefined for other lines. */
export function stepDone(line: string): string | undefined {
  return /^ {2}(.+): done in [\d.]+ s$/.exec(line)?.[1];
}

/** Whether a line may say why `npm start` ended: not those that end it in order, nor npm's own. */
export function saysWhy(line: string): boolean {
  return line.trim() !== '' && !/^(Stopping: |npm )/.test(line);
}

/** A moment's line; those of several are in columns. */
export function lineOf({ step, seconds }: Moment): string {
  return `${seconds.toFixed(1).padStart(7)} s  ${step}`;
}

/** A line for each budget that the newest evaluation of some checkpoints has. */
export function budgets(newest: ReadonlyMap<string, Omit<Budget, 'checkpoint'>>): string {
  const namesByBudget = new Map<string, string[]>();
  for (const [name, asked] of newest) {
    // what is not planned yet has no budget to tell
    if (asked.tasks.length === 0) continue;
    const budget = budgetOf(asked);
    namesByBudget.set(budget, [...(namesByBudget.get(budget) ?? []), name]);
  }
  return [...namesByBudget].map(([budget, names]) => `${names.join(', ')}: ${budget}`).join('\n');
}

function budgetOf({ samples, limit, tasks }: Omit<Budget, 'checkpoint'>): string {
  const noise = samples === null ? 'nothing sampled' : `${samples} samples`;
  const part = limit === null ? 'all examples' : `at most ${limit} examples a subtask or group`;
  return `${noise}; ${part}: ${tasks.map(({ task, examples }) => `${task} ${examples}`).join(', ')}`;
}
