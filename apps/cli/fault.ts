import { printable } from '@gdbench/storage/printable';
import type { Told } from '@gdbench/workers/engine/fault';

/** What ends a command: one sentence for the reader, and the exit code (1: refused or failed; 2: wrong use; 130: interrupted). */
export class CliFault extends Error {
  readonly exitCode: 1 | 2 | 130;
  /** What is wrong with a checkpoint that was refused, for machines. */
  readonly faults: readonly Told[] | undefined;

  constructor(sentence: string, exitCode: 1 | 2 | 130 = 1, faults?: readonly Told[]) {
    super(sentence);
    this.exitCode = exitCode;
    this.faults = faults;
  }
}

/** A checkpoint is refused: all that is wrong in one line, and each fault by itself. */
export function refusedFault(sentence: string, faults: readonly Told[]): CliFault {
  return new CliFault(sentence, 1, faults);
}

/** What is printed of a refusal for machines. */
export function refusal(faults: readonly Told[]) {
  const shown = faults.map(({ file, expected, found, remedy, message }) => ({
    file: printable(file),
    expected: printable(expected),
    found: printable(found),
    remedy: printable(remedy),
    message: printable(message),
  }));
  return { refused: true, faults: shown };
}

/** Runs a command's work; with --json a refusal of the checkpoint is told on stdout too, as one object. */
export async function tellingRefusals(json: boolean, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (json && error instanceof CliFault && error.faults)
      process.stdout.write(`${JSON.stringify(refusal(error.faults))}\n`);
    throw error;
  }
}
