/** What ends a command: one sentence for the reader, and the exit code (1: refused or failed; 2: wrong use; 130: interrupted). */
export class CliFault extends Error {
  readonly exitCode: 1 | 2 | 130;

  constructor(sentence: string, exitCode: 1 | 2 | 130 = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}
