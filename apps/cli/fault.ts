/** What ends a command: one sentence for the reader, and the exit code (1: refused or failed; 2: wrong use). */
export class CliFault extends Error {
  readonly exitCode: 1 | 2;

  constructor(sentence: string, exitCode: 1 | 2 = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}
