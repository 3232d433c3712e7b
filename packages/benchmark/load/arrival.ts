import { TASK_NAMES, type TaskName } from '../task.ts';

/**
 * What has come of a data root that is still being made: what every task's examples are read from (texts, and images where
 * the files of a folder are the examples), then all images of a task, at last everything.
 */
export type Arrived = 'examples' | TaskName | 'all';

/** Of a data root that is still being made: resolves when what is asked for is there. */
export interface Arrival {
  /** What every task's examples are read from. */
  readonly examples: Promise<void>;
  /** All images of the task. */
  of(task: TaskName): Promise<void>;
  /** Whether they are there already. */
  has(task: TaskName): boolean;
  readonly all: Promise<void>;
}

/** An arrival, and the word that tells it what has come. */
export function createArrival(): { arrival: Arrival; tell(arrived: Arrived): void } {
  const gates = new Map<Arrived, Gate>(
    (['examples', ...TASK_NAMES, 'all'] as const).map((name) => [name, createGate()]),
  );
  const gate = (name: Arrived) => gates.get(name)!;
  const arrival: Arrival = {
    examples: gate('examples').opened,
    of: (task) => gate(task).opened,
    has: (task) => gate(task).isOpen(),
    all: gate('all').opened,
  };
  const tell = (arrived: Arrived) => {
    for (const name of arrived === 'all' ? gates.keys() : [arrived]) gates.get(name)?.open();
  };
  return { arrival, tell };
}

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  isOpen(): boolean;
}

function createGate(): Gate {
  let isOpen = false;
  let resolve: () => void = () => {};
  const opened = new Promise<void>((go) => {
    resolve = go;
  });
  const open = () => {
    isOpen = true;
    resolve();
  };
  return { opened, open, isOpen: () => isOpen };
}

/** Says to a process of ours that its data root is still being made, and that messages will tell what has come. */
export const AWAITED = { GDBENCH_DATA_AWAITED: '1' };
/** Such a message. */
export const arrivedMessage = (arrived: Arrived) => ({ dataArrived: arrived });
/** What a message says has come; undefined for messages of other kinds. */
export function arrivedIn(message: unknown): Arrived | undefined {
  if (typeof message !== 'object' || message === null || !('dataArrived' in message)) return undefined;
  return message.dataArrived as Arrived;
}

/**
 * How this process hears of its data root; undefined where it is complete, for nobody who started this process said that it
 * is still being made. What is wrong with a root shows when it is read.
 */
export function dataArrival(): Arrival | undefined {
  const isAwaited = process.env.GDBENCH_DATA_AWAITED === AWAITED.GDBENCH_DATA_AWAITED && process.connected;
  if (!isAwaited) return undefined;
  const { arrival, tell } = createArrival();
  process.on('message', (message) => {
    const arrived = arrivedIn(message);
    if (arrived !== undefined) tell(arrived);
  });
  return arrival;
}
