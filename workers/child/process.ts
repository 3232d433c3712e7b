import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import pidusage from 'pidusage';
import { ChildEnded, type Ending } from './ending.ts';
import { type Answer, type Asked, FromChild, type ToChild } from './messages.ts';
import { type ChildOutput, readOutput } from './output.ts';
import { type AskOptions, OpenRequest } from './request.ts';

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

export interface ProcessOptions {
  /** Resident memory above which the process is ended. */
  memoryBytes: number;
  onOutput?(line: string): void;
}

const MEMORY_CHECK_MS = 1_000;
/** Signals that a process gets from others: its own faults end it by another. */
const FROM_OUTSIDE: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** All that a child is told about the machine: where libraries, compiled code and devices are. No database, no storage, no secrets. */
const PASSED_ON =
  /^(PATH|LANG|LC_ALL|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|NODE_COMPILE_CACHE|VK_ICD_FILENAMES|CUDA_.*|NVIDIA_.*)$/i;

function strippedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name)));
}

/** Starts the process in which a checkpoint's files are read; it ends with this one. */
export function startStageProcess(options: ProcessOptions): StageProcess {
  return new Stage(options);
}

class Stage implements StageProcess {
  readonly #child: ChildProcess;
  readonly #memoryBytes: number;
  readonly #output: ChildOutput;
  readonly #open = new Map<number, OpenRequest>();
  readonly #finished: Promise<void>;
  #ending: Ending | undefined;
  #gone = false;
  #lastId = 0;

  constructor({ memoryBytes, onOutput }: ProcessOptions) {
    const child = fork(CHILD, [], {
      env: strippedEnvironment(),
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    lowerPriority(child);
    this.#child = child;
    this.#memoryBytes = memoryBytes;
    this.#output = readOutput(child, onOutput);
    child.on('message', (raw) => this.#hear(raw));
    const looks = setInterval(() => void this.#checkMemory(), MEMORY_CHECK_MS);
    this.#finished = new Promise<void>((resolve) => {
      const finish = (kind: 'crash' | 'killed', detail: string) => {
        clearInterval(looks);
        this.#finish(kind, detail);
        resolve();
      };
      child.on('error', (error) => {
        if (child.pid === undefined) finish('crash', error.message);
      });
      child.on('close', (code, signal) =>
        finish(signal !== null && FROM_OUTSIDE.has(signal) ? 'killed' : 'crash', signal ?? `exit code ${code}`),
      );
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get ended(): boolean {
    return this.#gone || this.#ending !== undefined;
  }

  kill(): Promise<void> {
    this.#end({ kind: 'crash', detail: 'ended by the worker' });
    return this.#finished;
  }

  async ask(asked: Asked, options: AskOptions): Promise<Answer> {
    if (this.#gone) throw new ChildEnded(this.#ending ?? { kind: 'crash', detail: 'it had ended before' });
    options.signal?.throwIfAborted();
    this.#lastId += 1;
    const id = this.#lastId;
    const request = new OpenRequest(options, {
      abort: () => this.#send({ type: 'abort', id }),
      end: (why) => this.#end(why),
      close: () => this.#open.delete(id),
    });
    this.#open.set(id, request);
    this.#send({ ...asked, id } as ToChild);
    return request.answer;
  }

  #send(message: ToChild): void {
    // a closed channel is told by the process's end
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(raw: unknown): void {
    const { data: said } = FromChild.safeParse(raw);
    if (said === undefined) this.#end({ kind: 'nonsense' });
    else if (said.type === 'progress') this.#open.get(said.id)?.progress(said.done);
    else void this.#settle(said);
  }

  /** Not before its memory was looked at: a quick one may answer between two looks. */
  async #settle(answer: Answer): Promise<void> {
    await this.#checkMemory();
    if (!this.#ending) this.#open.get(answer.id)?.settle(answer);
  }

  async #checkMemory(): Promise<void> {
    if (this.#child.pid === undefined) return;
    // none where it has ended meanwhile, which its own event tells
    const usage = await pidusage(this.#child.pid).catch(() => null);
    if (usage && usage.memory > this.#memoryBytes) this.#end({ kind: 'memory', bytes: this.#memoryBytes });
  }

  #end(why: Ending): void {
    this.#ending ??= why;
    this.#child.kill('SIGKILL');
  }

  /** The process is gone: nothing that is open is answered any more. */
  #finish(kind: 'crash' | 'killed', detail: string): void {
    if (this.#gone) return;
    this.#gone = true;
    const ending = this.#ending ?? { kind, detail: [detail, this.#output.last].filter(Boolean).join(', ') };
    this.#ending = ending;
    const error = new ChildEnded(ending);
    for (const request of this.#open.values()) request.fail(error);
  }
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
