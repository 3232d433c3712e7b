/*
 * The states of the flow and the events that lead from one to the next: the one home of both. SQL, API, pages and command
 * line make every list of states from these tables, and docs/states.md draws them.
 */

/** For each state what it becomes by each event; null: the event does not happen in it, and changes nothing. */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Record<Event, State | null>>>
>;

/** The states of a checkpoint: of its files, whoever submits them. */
export const CHECKPOINT_STATES = ['UPLOADING', 'INSPECTING', 'READY', 'REFUSED'] as const;
export type CheckpointState = (typeof CHECKPOINT_STATES)[number];

/** What happens to a checkpoint. */
export const CHECKPOINT_EVENTS = {
  store: 'all of its files are stored, and somebody waits for it',
  accept: 'it is fit to be evaluated',
  refuse: 'it is not fit',
  abandon: 'its inspection came to no verdict, or nobody waits for it any more',
  lose: 'some of its files are no longer stored',
  inspectAgain: 'what was found of it is not to be relied on, and somebody waits for it',
} as const;
export type CheckpointEvent = keyof typeof CHECKPOINT_EVENTS;

const no = null;

// biome-ignore format: a table
export const CHECKPOINT = {
  UPLOADING:  { store: 'INSPECTING', accept: no, refuse: no, abandon: no, lose: no, inspectAgain: no },
  INSPECTING: { store: no, accept: 'READY', refuse: 'REFUSED', abandon: 'UPLOADING', lose: no, inspectAgain: no },
  READY:      { store: no, accept: no, refuse: no, abandon: no, lose: 'UPLOADING', inspectAgain: 'INSPECTING' },
  REFUSED:    { store: no, accept: no, refuse: no, abandon: no, lose: 'UPLOADING', inspectAgain: 'INSPECTING' },
} as const satisfies Transitions<CheckpointState, CheckpointEvent>;

/** The states of an evaluation, in the order of the way of a submission. */
export const EVALUATION_STATES = ['WAITING', 'QUEUED', 'SCORING', 'DONE', 'REFUSED', 'FAILED', 'CANCELLED'] as const;
export type EvaluationState = (typeof EVALUATION_STATES)[number];

/** What happens to an evaluation. */
export const EVALUATION_EVENTS = {
  ready: 'its checkpoint is ready, and fit for its protocol',
  refuse: 'its checkpoint is not fit, or not for its protocol',
  abandon: 'the files of its checkpoint did not come in time',
  begin: 'a worker takes the first of its work',
  finish: 'all of its work is done and summarised',
  fail: 'it cannot be brought to an end',
  cancel: 'it is not wanted any more',
} as const;
export type EvaluationEvent = keyof typeof EVALUATION_EVENTS;

// biome-ignore format: a table
export const EVALUATION = {
  WAITING:   { ready: 'QUEUED', refuse: 'REFUSED', abandon: 'FAILED', begin: no, finish: no, fail: 'FAILED', cancel: 'CANCELLED' },
  QUEUED:    { ready: no, refuse: no, abandon: no, begin: 'SCORING', finish: no, fail: 'FAILED', cancel: 'CANCELLED' },
  SCORING:   { ready: no, refuse: no, abandon: no, begin: no, finish: 'DONE', fail: 'FAILED', cancel: 'CANCELLED' },
  DONE:      { ready: no, refuse: no, abandon: no, begin: no, finish: no, fail: no, cancel: no },
  REFUSED:   { ready: no, refuse: no, abandon: no, begin: no, finish: no, fail: no, cancel: no },
  FAILED:    { ready: no, refuse: no, abandon: no, begin: no, finish: no, fail: no, cancel: no },
  CANCELLED: { ready: no, refuse: no, abandon: no, begin: no, finish: no, fail: no, cancel: no },
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
  cancel: 'nobody wants it any more',
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

export const leadOfCheckpoint = (event: CheckpointEvent): Lead<CheckpointState> =>
  leadOf(CHECKPOINT, CHECKPOINT_STATES, event);
export const leadOfEvaluation = (event: EvaluationEvent): Lead<EvaluationState> =>
  leadOf(EVALUATION, EVALUATION_STATES, event);
export const leadOfWork = (event: WorkEvent): Lead<WorkState> => leadOf(WORK, WORK_STATES, event);

/** The state in which an evaluation is until its checkpoint is ready. */
export const WAITING: EvaluationState = EVALUATION_STATES[0];

/** As what an evaluation is shown while it waits, by its checkpoint's state; null: then it does not wait. */
const SHOWN_WAITING = {
  UPLOADING: 'UPLOADING',
  INSPECTING: 'INSPECTING',
  READY: null,
  REFUSED: null,
} as const satisfies Readonly<Record<CheckpointState, string | null>>;
type ShownWaiting = Exclude<(typeof SHOWN_WAITING)[CheckpointState], null>;

/** The states of an evaluation as readers know them, in the order of the way of a submission. */
export const PUBLIC_STATES = [
  'UPLOADING',
  'INSPECTING',
  'REFUSED',
  'QUEUED',
  'SCORING',
  'DONE',
  'FAILED',
  'CANCELLED',
] as const satisfies readonly (ShownWaiting | Exclude<EvaluationState, 'WAITING'>)[];
export type PublicState = (typeof PUBLIC_STATES)[number];

/** Where an evaluation is stored that is shown in a state: its own state, and while it waits (else null) its checkpoint's. */
export interface StoredState {
  readonly state: EvaluationState;
  readonly checkpoint: CheckpointState | null;
}

/** The state that readers are shown. @throws for an evaluation that waits for a checkpoint which has its verdict: there is none */
export function publicState(state: EvaluationState, checkpoint: CheckpointState): PublicState {
  if (state !== 'WAITING') return state;
  const shown = SHOWN_WAITING[checkpoint];
  if (shown === null) throw new Error(`An evaluation waits for a checkpoint that is ${checkpoint}.`);
  return shown;
}

/** All ways in which a shown state is stored: what publicState makes of them is this state. */
export function storedStates(shown: PublicState): StoredState[] {
  const waiting = CHECKPOINT_STATES.filter((checkpoint) => SHOWN_WAITING[checkpoint] === shown);
  const own = EVALUATION_STATES.filter((state) => state === shown);
  return [
    ...waiting.map((checkpoint) => ({ state: WAITING, checkpoint })),
    ...own.map((state) => ({ state, checkpoint: null })),
  ];
}

/** States that no event leads out of. */
export type EndedState = {
  [State in EvaluationState]: [Exclude<(typeof EVALUATION)[State][EvaluationEvent], null>] extends [never]
    ? State
    : never;
}[EvaluationState];
/** The others, as readers know them. */
export type UnfinishedState = Exclude<PublicState, EndedState>;

const { to: FINISHED } = leadOfEvaluation('finish');
const { from: BEFORE_STORED } = leadOfCheckpoint('store');

const isEnd = (state: string): boolean =>
  EVALUATION_STATES.some((one) => one === state && Object.values(EVALUATION[one]).every((next) => next === null));

/** Nothing happens to it any more. */
export const ENDED: readonly PublicState[] = PUBLIC_STATES.filter(isEnd);

/** On its way: figures may still come. */
export const UNFINISHED: readonly PublicState[] = PUBLIC_STATES.filter((state) => !isEnd(state));
/** The same, as it is stored. */
export const STORED_UNFINISHED: readonly EvaluationState[] = EVALUATION_STATES.filter((state) => !isEnd(state));

/** The service is at it: its files are there, and figures may still come. */
export const UNDER_WAY: readonly PublicState[] = UNFINISHED.filter(
  (state) => !BEFORE_STORED.some((before) => before === state),
);

/** Ended without a result. */
export const STOPPED: readonly PublicState[] = ENDED.filter((state) => state !== FINISHED);

export const hasEnded = (state: PublicState | EvaluationState): boolean => isEnd(state);
export const isUnfinished = (state: PublicState | EvaluationState): boolean => !isEnd(state);
export const isStopped = (state: PublicState): boolean => STOPPED.includes(state);
