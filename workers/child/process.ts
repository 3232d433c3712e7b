import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { printable } from '@gdbench/storage/printable';
import pidusage from 'pidusage';
import { type Answer, type Asked, FromChild, type ToChild } from './messages.ts';

/** Why a child process ended before it answered. */
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

export interface StageProcess {
  readonly pid: number;
  /**
   * Sends a request and gives the answer. Rejects with ChildEnded when the process dies first, and with the signal's
   * reason when that is aborted; the child then has a moment to drop the work before it is ended.
   */
  ask(asked: Asked, options: AskOptions): Promise<Answer>;
  readonly ended: boolean;
  /** Ends the process at once and resolves when it is gone. */
  kill(): Promise<void>;
}

export interface AskOptions {
  /** Seconds without a sign of life after which the process is ended. */
  silenceSeconds: number;
  signal?: AbortSignal;
  onProgress?(done: number): void;
}

export interface ProcessOptions {
  /** Resident memory above which the process is ended. */
  memoryBytes: number;
  onOutput?(line: string): void;
}

const MEMORY_CHECK_MS = 1_000;
const ABORT_GRACE_MS = 3_000;
const KEPT_OUTPUT = 2_000;
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** All that a child is told about the machine: where libraries and devices are. No database, no storage, no secrets. */
const PASSED_ON =
  /^(PATH|LANG|LC_ALL|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|VK_ICD_FILENAMES|CUDA_.*|NVIDIA_.*)$/i;

function strippedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
}

/** Starts the process in which a checkpoint's files are read; it ends with this one. */
export function startStageProcess({ memoryBytes, onOutput }: ProcessOptions): StageProcess {
  const child = fork(CHILD, [], {
    env: strippedEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let ending: Ending | undefined;
  let gone = false;
  let output = '';
  let lastId = 0;
  const open = new Map<
    number,
    { settle(answer: Answer): void; progress(done: number): void; fail(error: Error): void }
  >();

  lowerPriority(child);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT);
      for (const line of text.split('\n')) if (line.trim()) onOutput?.(line);
    });
  const end = (why: Ending) => {
    ending ??= why;
    child.kill('SIGKILL');
  };
  child.on('message', (raw) => {
    const parsed = FromChild.safeParse(raw);
    if (!parsed.success) return end({ kind: 'nonsense' });
    const request = open.get(parsed.data.id);
    const answer = parsed.data;
    if (answer.type === 'progress') request?.progress(answer.done);
    // not before its memory was looked at: a quick one may answer between two looks
    else
      void checkMemory().then(() => {
        if (!ending) request?.settle(answer);
      });
  });
  const checkMemory = async (): Promise<void> => {
    if (child.pid === undefined) return;
    // none where it has ended meanwhile, which its own event tells
    const usage = await pidusage(child.pid).catch(() => null);
    if (usage && usage.memory > memoryBytes) end({ kind: 'memory', bytes: memoryBytes });
  };
  const memory = setInterval(() => void checkMemory(), MEMORY_CHECK_MS);
  const finished = new Promise<void>((resolve) => {
    const finish = (detail: string) => {
      if (gone) return;
      gone = true;
      clearInterval(memory);
      const error = new ChildEnded(
        ending ?? { kind: 'crash', detail: [detail, lastLine(output)].filter(Boolean).join(', ') },
      );
      for (const request of open.values()) request.fail(error);
      open.clear();
      resolve();
    };
    child.on('error', (error) => {
      if (child.pid === undefined) finish(error.message);
    });
    child.on('close', (code, signal) => finish(signal ?? `exit code ${code}`));
  });

  const send = (message: ToChild) => {
    // a closed channel is told by the process's end
    if (child.connected) child.send(message, () => {});
  };

  return {
    pid: child.pid ?? 0,
    get ended() {
      return gone || ending !== undefined;
    },
    kill() {
      end({ kind: 'crash', detail: 'ended by the worker' });
      return finished;
    },
    ask(asked, { silenceSeconds, signal, onProgress }) {
      lastId += 1;
      const id = lastId;
      return new Promise<Answer>((resolve, reject) => {
        if (gone) return reject(new ChildEnded(ending ?? { kind: 'crash', detail: 'it had ended before' }));
        if (signal?.aborted) return reject(signal.reason);
        let grace: NodeJS.Timeout | undefined;
        let silence: NodeJS.Timeout | undefined;
        const listen = () => {
          clearTimeout(silence);
          silence = setTimeout(() => end({ kind: 'time', seconds: silenceSeconds }), silenceSeconds * 1_000);
        };
        const onAbort = () => {
          send({ type: 'abort', id });
          grace = setTimeout(() => end({ kind: 'time', seconds: ABORT_GRACE_MS / 1_000 }), ABORT_GRACE_MS);
        };
        const close = (settle: () => void) => {
          clearTimeout(silence);
          clearTimeout(grace);
          signal?.removeEventListener('abort', onAbort);
          open.delete(id);
          if (signal?.aborted) reject(signal.reason);
          else settle();
        };
        open.set(id, {
          settle: (answer) => close(() => resolve(answer)),
          fail: (error) => close(() => reject(error)),
          progress: (done) => {
            listen();
            onProgress?.(done);
          },
        });
        signal?.addEventListener('abort', onAbort);
        listen();
        send({ ...asked, id } as ToChild);
      });
    },
  };
}

/** The API and the web on the same machine come first. */
function lowerPriority(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // it has ended already, or the system forbids it: not needed for the work
  }
}

function lastLine(output: string): string {
  return printable(output.trim().split('\n').at(-1)?.trim() ?? '', 300);
}
