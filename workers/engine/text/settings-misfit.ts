import { CheckpointFault } from '../checkpoint/fault.ts';

/** Where a tokenizer's settings contradict its other files, as parts of a fault. */
export interface Misfit {
  readonly found: string;
  readonly expected: string;
}

/** @param file of the settings. */
export function misfit(file: string, { found, expected }: Misfit): CheckpointFault {
  const remedy = "copy the tokenizer's files again, all from one place, or make them agree";
  return new CheckpointFault({ file, found, expected, remedy, gravity: 'setting' });
}
