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

/** Whether any row shows a measured value. */
export function showsValue({ leaderboard }: Look): boolean {
  return leaderboard.edges.some(({ node }) => node.values.some((value) => value !== null));
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

/** A line a moment, the earliest first. */
export function tableOf(moments: readonly Moment[]): string {
  return moments
    .toSorted((a, b) => a.seconds - b.seconds)
    .map(({ step, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${step}`)
    .join('\n');
}

/** The query of a look at these checkpoints, by sha256; their aliases are c0, c1 and so on. */
export function lookQuery(sha256s: readonly string[]): string {
  const submissions = sha256s.map((sha256, i) => `c${i}: submissions(sha256: "${sha256}") { ...state }`);
  return `{ leaderboard(first: 100) { edges { node { values } } } ${submissions.join(' ')} }
    fragment state on Submission { evaluation { state failure { message } } }`;
}
