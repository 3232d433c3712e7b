import { availableParallelism } from 'node:os';
import { Tinypool } from 'tinypool';

/** A thread a core, each with the module `file` of this folder; run its exports by name, and destroy the pool at last. */
export function openPool(file: './set-thread.ts' | './train-thread.ts'): Tinypool {
  const threads = availableParallelism();
  return new Tinypool({
    filename: new URL(file, import.meta.url).href,
    execArgv: [],
    minThreads: threads,
    maxThreads: threads,
  });
}
