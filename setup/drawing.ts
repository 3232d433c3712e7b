import { type Arrived, arrivedIn } from '@gdbench/benchmark/arrival';
import { runNode, step } from './step.ts';

/** What has come of a data root. */
export interface Arrivals {
  /** Tells what has come so far, and from now on what comes. */
  follow(listener: (arrived: Arrived) => void): void;
}

/** The drawing of the built-in data set. */
export interface Drawing extends Arrivals {
  /** Resolves when the set is complete. */
  readonly done: Promise<unknown>;
}

/** Arrivals, and the word that adds one. */
export function createArrivals(): Arrivals & { tell(arrived: Arrived): void } {
  const come: Arrived[] = [];
  const listeners: ((arrived: Arrived) => void)[] = [];
  return {
    follow(listener) {
      for (const arrived of come) listener(arrived);
      listeners.push(listener);
    },
    tell(arrived) {
      come.push(arrived);
      for (const listener of listeners) listener(arrived);
    },
  };
}

/** Draws the set into its root, in a process of its own: drawing leaves its thread no time for anything else. */
export function draw(root: string): Drawing {
  const { follow, tell } = createArrivals();
  const onMessage = (message: unknown): void => {
    const arrived = arrivedIn(message);
    if (arrived !== undefined) tell(arrived);
  };
  const args = ['builtin/data/build.ts', root];
  const done = step('Data: drawing the built-in scenes', () => runNode(args, { inBackground: true, onMessage }));
  // what went wrong is told by whoever waits for the end
  done.then(
    () => tell('all'),
    () => undefined,
  );
  return { done, follow };
}
