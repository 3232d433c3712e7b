import { percent } from '@gdbench/benchmark/figures';

/** What the bench asks of the API at each look. */
export interface Look {
  leaderboard: { edges: { node: { values: (number | null)[] } }[] };
  /** By alias, one a built-in checkpoint: its submissions, newest first. */
  submissions: Record<string, Submission[]>;
}

interface Submission {
  evaluation: { state: string; failure: { message: string } | null };
}

export interface Moment {
  step: string;
  /** Since `npm start` was spawned. */
  seconds: number;
}

const LOST = new Set(['REFUSED', 'FAILED', 'CANCELLED']);

/** The measured values of all rows, in per cent as the pages write them. */
export function percents({ leaderboard }: Look): string[] {
  const values = leaderboard.edges.flatMap(({ node }) => node.values);
  return values.flatMap((value) => (value === null ? [] : [percent(value)]));
}

/** Whether any row shows a measured value. */
export function showsValue(look: Look): boolean {
  return percents(look).length > 0;
}

/** Whether a page as it is sent has one of these figures, with nothing else beside it. */
export function pageShows(html: string, figures: Iterable<string>): boolean {
  return [...figures].some((figure) => html.includes(`>${figure}<`));
}

/**
 * The checkpoints whose evaluation is done.
 * @throws an Error with a sentence when one has ended in another way: there is then no time to report.
 */
export function evaluated({ submissions }: Look): string[] {
  return Object.entries(submissions).flatMap(([name, [newest]]) => {
    if (!newest) return [];
    const { state, failure } = newest.evaluation;
    if (LOST.has(state)) throw new Error(`The evaluation of ${name} ended as ${state}: ${failure?.message ?? ''}`);
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

/** What an evaluation asks of its checkpoint, as the API says it. */
export interface Budget {
  evaluation: {
    samples: number | null;
    /** Examples a subtask or group; null: all. */
    limit: number | null;
    tasks: { task: string; examples: number }[];
  };
}

/** A line for each budget that the newest submission of some checkpoints has. */
export function budgets(submissions: Record<string, Budget[]>): string {
  const namesByBudget = new Map<string, string[]>();
  for (const [name, [newest]] of Object.entries(submissions)) {
    // what is not planned yet has no budget to tell
    if (!newest || newest.evaluation.tasks.length === 0) continue;
    const budget = budgetOf(newest);
    namesByBudget.set(budget, [...(namesByBudget.get(budget) ?? []), name]);
  }
  return [...namesByBudget].map(([budget, names]) => `${names.join(', ')}: ${budget}`).join('\n');
}

function budgetOf({ evaluation: { samples, limit, tasks } }: Budget): string {
  const noise = samples === null ? 'nothing sampled' : `${samples} samples`;
  const part = limit === null ? 'all examples' : `at most ${limit} examples a subtask or group`;
  return `${noise}; ${part}: ${tasks.map(({ task, examples }) => `${task} ${examples}`).join(', ')}`;
}

/** The query of a look at these checkpoints, by sha256; their aliases are c0, c1 and so on. */
export function lookQuery(sha256s: readonly string[]): string {
  return `{ leaderboard(first: 100) { edges { node { values } } } ${aliased(sha256s)} }
    fragment of on Submission { evaluation { state failure { message } } }`;
}

/** The query for what is asked of these checkpoints, with the same aliases. */
export function budgetQuery(sha256s: readonly string[]): string {
  return `{ ${aliased(sha256s)} }
    fragment of on Submission { evaluation { samples limit tasks { task examples } } }`;
}

function aliased(sha256s: readonly string[]): string {
  return sha256s.map((sha256, i) => `c${i}: submissions(sha256: "${sha256}") { ...of }`).join(' ');
}
