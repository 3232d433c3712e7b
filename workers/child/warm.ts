import { type ProcessOptions, type StageProcess, startStageProcess } from './process.ts';

/** Keeps the child process of the last checkpoint, with its sessions open, for the next shard of the same. */
export interface WarmProcess {
  /**
   * Takes over an idle process that has just inspected the key's checkpoint, so that scoring needs not start another; false
   * where one is kept already.
   */
  offer(key: string, process: StageProcess): boolean;
  /** Whether a process for this key is kept. */
  holds(key: string): boolean;
  /** The process for this key, a new one when the key is another or the process has ended. */
  take(key: string): Promise<StageProcess>;
  /** Says that the process is idle; it is ended when it stays so for a while. */
  rest(): void;
  close(): Promise<void>;
}

const IDLE_MS = 60_000;

/** What an evaluator is opened for: shards that have all of this in common share a process. */
export function warmKey(of: { sha256: string; protocol: string; samples: number; seed: number }): string {
  return `${of.sha256} ${of.protocol} ${of.samples} ${of.seed}`;
}

export function keepWarm(options: ProcessOptions): WarmProcess {
  let present: { key: string; process: StageProcess } | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = async () => {
    clearTimeout(idle);
    const { process } = present ?? {};
    present = undefined;
    await process?.kill();
  };
  const rest = () => {
    clearTimeout(idle);
    idle = setTimeout(() => void end(), IDLE_MS);
    idle.unref();
  };
  return {
    offer(key, process) {
      if (present && !present.process.ended) return false;
      present = { key, process };
      rest();
      return true;
    },
    holds: (key) => present?.key === key && !present.process.ended,
    async take(key) {
      clearTimeout(idle);
      if (present?.key === key && !present.process.ended) return present.process;
      // never one process for two checkpoints: the first could meddle with the second
      while (present) await end();
      present = { key, process: startStageProcess(options) };
      return present.process;
    },
    rest,
    close: end,
  };
}
