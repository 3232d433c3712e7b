/** Why a child process ended before it answered. `nonsense`: what it said was no message. */
export type Ending =
  | { kind: 'memory'; bytes: number }
  | { kind: 'time'; seconds: number }
  | { kind: 'crash'; detail: string }
  | { kind: 'nonsense' };

export class ChildEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`The child process ended: ${ending.kind}.`);
    this.ending = ending;
  }
}
