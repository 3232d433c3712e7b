import { printable } from '@gdbench/storage/printable';
import type { Evaluator } from '@gdbench/workers/engine/evaluate';
import type { Progress } from '../terminal/progress.ts';
import type { Plan } from './plan.ts';

/** Lines beside the progress. */
export interface Teller {
  /** On stdout, unless that is for machines; each line once. */
  log(line: string): void;
  /** Those of the engine that were not told yet, on stderr. */
  warnings(evaluator: Evaluator): void;
  /** Lines come through this progress until the next one. */
  behind(progress: Progress | undefined): void;
}

export function teller({ json }: Plan): Teller {
  const told = new Set<string>();
  let current: Progress | undefined;
  return {
    log(line) {
      if (json || told.has(line)) return;
      told.add(line);
      if (current) current.note(line);
      else process.stdout.write(`${line}\n`);
    },
    warnings(evaluator) {
      for (const warning of evaluator.warnings.filter((one) => !told.has(one))) {
        told.add(warning);
        process.stderr.write(`${printable(warning)}\n`);
      }
    },
    behind(progress) {
      current = progress;
    },
  };
}
