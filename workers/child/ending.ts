/** Why a child process ended before it answered. `killed`: from outside; `nonsense`: what it said was no message. */
export type Ending =
  | { kind: 'memory'; bytes: number }
  | { kind: 'time'; seconds: number }
  | { kind: 'crash'; detail: string }
  | { kind: 'killed'; detail: string }
  | { kind: 'nonsense' };

export class ChildEnded extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`The child process ended: ${ending.kind}.`);
    this.ending = ending;
  }
}
