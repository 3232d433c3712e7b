/*
 * The states of the flow and the events that lead from one to the next: the one home of both. SQL, API, pages and command
 * line make every list of states from these tables, and docs/states.md draws them.
 */

/** For each state what it becomes by each event; null: the event does not happen in it, and changes nothing. */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State | null>>>
>;

/** The states of an evaluation, in the order of the way of a submission. */
export const EVALUATION_STATES = [
  'UPLOADING',
  'INSPECTING',
  'REFUSED',
  'QUEUED',
  'SCORING',
  'DONE',
  'FAILED',
  'CANCELLED',
] as const;
export type EvaluationState = (typeof EVALUATION_STATES)[number];

/** What happens to an evaluation. */
export const EVALUATION_EVENTS = {
  store: 'all of its files are stored',
  abandon: 'its files did not come in time',
  accept: 'its checkpoint is fit, and its work is planned',
  refuse: 'its checkpoint is not fit, or not for the protocol',
  begin: 'a worker takes the first of its work',
  finish: 'all of its work is done and summarised',
  fail: 'it cannot be brought to an end',
  cancel: 'it is not wanted any more',
} as const;
export type EvaluationEvent = keyof typeof EVALUATION_EVENTS;

const no = null;

// biome-ignore format: a table
export const EVALUATION = {
  UPLOADING:  { store: 'INSPECTING', abandon: 'FAILED', accept: no, refuse: no, begin: no, finish: no, fail: no, cancel: 'CANCELLED' },
  INSPECTING: { store: no, abandon: no, accept: 'QUEUED', refuse: 'REFUSED', begin: no, finish: no, fail: 'FAILED', cancel: 'CANCELLED' },
  REFUSED:    { store: no, abandon: no, accept: no, refuse: no, begin: no, finish: no, fail: no, cancel: no },
  QUEUED:     { store: no, abandon: no, accept: no, refuse: no, begin: 'SCORING', finish: no, fail: no, cancel: 'CANCELLED' },
  SCORING:    { store: no, abandon: no, accept: no, refuse: no, begin: no, finish: 'DONE', fail: 'FAILED', cancel: 'CANCELLED' },
  DONE:       { store: no, abandon: no, accept: no, refuse: no, begin: no, finish: no, fail: no, cancel: no },
  FAILED:     { store: no, abandon: no, accept: no, refuse: no, begin: no, finish: no, fail: no, cancel: no },
  CANCELLED:  { store: no, abandon: no, accept: no, refuse: no, begin: no, finish: no, fail: no, cancel: no },
} as const satisfies Transitions<EvaluationState, EvaluationEvent>;

/** The states of an item of work: what a worker can lease. */
export const WORK_STATES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** What happens to an item of work. */
export const WORK_EVENTS = {
  claim: 'a worker leases it',
  complete: 'its results are written',
  release: 'its worker gives it back, as if it had not been begun',
  retry: 'it failed and is tried again later',
  lose: 'its lease ran out without a sign of life, and another worker may have it',
  fail: 'it failed for the last time',
  cancel: 'its evaluation has ended',
} as const;
export type WorkEvent = keyof typeof WORK_EVENTS;

// biome-ignore format: a table
export const WORK = {
  QUEUED:    { claim: 'RUNNING', complete: no, release: no, retry: no, lose: no, fail: no, cancel: 'CANCELLED' },
  RUNNING:   { claim: no, complete: 'DONE', release: 'QUEUED', retry: 'QUEUED', lose: 'QUEUED', fail: 'FAILED', cancel: 'CANCELLED' },
  DONE:      { claim: no, complete: no, release: no, retry: no, lose: no, fail: no, cancel: no },
  FAILED:    { claim: no, complete: no, release: no, retry: no, lose: no, fail: no, cancel: no },
  CANCELLED: { claim: no, complete: no, release: no, retry: no, lose: no, fail: no, cancel: no },
} as const satisfies Transitions<WorkState, WorkEvent>;

/** From which states an event leads, and to which one. */
export interface Lead<State extends string> {
  readonly from: readonly State[];
  readonly to: State;
}

/** @throws where the event leads to several states, or nowhere */
export function leadOf<State extends string, Event extends string>(
  table: Transitions<State, Event>,
  states: readonly State[],
  event: Event,
): Lead<State> {
  const from = states.filter((state) => table[state][event] !== null);
  const [to, ...others] = new Set(from.flatMap((state) => table[state][event] ?? []));
  if (to === undefined) throw new Error(`The event ${event} leads to no state.`);
  if (others.length > 0) throw new Error(`The event ${event} leads to ${1 + others.length} states.`);
  return { from, to };
}

export const leadOfEvaluation = (event: EvaluationEvent): Lead<EvaluationState> =>
  leadOf(EVALUATION, EVALUATION_STATES, event);
export const leadOfWork = (event: WorkEvent): Lead<WorkState> => leadOf(WORK, WORK_STATES, event);

/** States that no event leads out of, and the others. */
export type EndedState = {
  [State in EvaluationState]: [Exclude<(typeof EVALUATION)[State][EvaluationEvent], null>] extends [never]
    ? State
    : never;
}[EvaluationState];
export type UnfinishedState = Exclude<EvaluationState, EndedState>;

const { from: BEFORE_STORED } = leadOfEvaluation('store');
const { to: FINISHED } = leadOfEvaluation('finish');

/** Nothing happens to it any more. */
export const ENDED: readonly EvaluationState[] = EVALUATION_STATES.filter((state) =>
  Object.values(EVALUATION[state]).every((next) => next === null),
);

/** On its way: figures may still come. */
export const UNFINISHED = EVALUATION_STATES.filter((state) => !ENDED.includes(state));

/** The service is at it: its files are there, and figures may still come. */
export const UNDER_WAY = UNFINISHED.filter((state) => !BEFORE_STORED.includes(state));

/** Ended without a result. */
export const STOPPED = ENDED.filter((state) => state !== FINISHED);

export const hasEnded = (state: EvaluationState): boolean => ENDED.includes(state);
export const isUnfinished = (state: EvaluationState): boolean => !hasEnded(state);
export const isStopped = (state: EvaluationState): boolean => STOPPED.includes(state);
