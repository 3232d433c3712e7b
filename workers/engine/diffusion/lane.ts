import { Worker } from 'node:worker_threads';
import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Device } from '../runtime/device.ts';
import type { Model } from '../runtime/session.ts';
import type { Evidence } from './prediction-check.ts';
import { type GraphRow, UNetGraph, type UNetPlan } from './unet-graph.ts';

/** Something that runs batches of rows, one after the other. */
export interface Lane {
  /** Batches that may wait in it, so that it never waits for this thread. */
  readonly depth: number;
  errors(rows: readonly GraphRow[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** In this thread: no start-up time, but nothing else happens while the graph runs. */
export function laneHere(model: Model, plan: UNetPlan, { onEvidence }: Pick<LaneEvents, 'onEvidence'>): Lane {
  const graph = new UNetGraph(model, plan, onEvidence);
  return { depth: 1, errors: (rows) => graph.errors(rows), close: () => model.close() };
}

export interface LaneStart {
  /** Absolute path of the graph. */
  readonly source: string;
  readonly file: string;
  readonly plan: UNetPlan;
  readonly device: Device;
  readonly threads: number;
}

export type ToLane = { readonly id: number; readonly rows: readonly GraphRow[] } | { readonly close: true };
export type FromLane =
  /** The thread is ready with id 0; else a batch is done. */
  | { readonly id: number; readonly errors: Float32Array }
  /** `faults` are the checkpoint's; null where it is not at fault. */
  | { readonly id: number; readonly message: string; readonly faults: CheckpointFault['faults'] | null }
  | { readonly warning: string }
  | { readonly line: string }
  | { readonly fed: number }
  | { readonly evidence: Evidence };

export interface LaneEvents {
  readonly warn: (sentence: string) => void;
  readonly log: (line: string) => void;
  /** Rows that went through the session at once. */
  readonly onRun: (rows: number) => void;
  /** What the first rows show of the prediction type. */
  readonly onEvidence: (evidence: Evidence) => void;
}

const DEPTH = 4;

/** A thread with a session of its own; resolves when the graph is loaded. @throws CheckpointFault when it cannot be. */
export async function laneInThread(start: LaneStart, events: LaneEvents): Promise<Lane> {
  const lane = new ThreadLane(start, events);
  await lane.ready();
  return lane;
}

interface Job {
  resolve(errors: Float32Array): void;
  reject(error: Error): void;
}

class ThreadLane implements Lane {
  readonly depth = DEPTH;
  readonly #worker: Worker;
  readonly #events: LaneEvents;
  readonly #jobs = new Map<number, Job>();
  readonly #gone: Promise<void>;
  #ended: Error | undefined;
  #lastId = 0;

  constructor(start: LaneStart, events: LaneEvents) {
    this.#events = events;
    this.#worker = new Worker(new URL('./lane-thread.ts', import.meta.url), { workerData: start, execArgv: [] });
    this.#worker.on('message', (message: FromLane) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))));
    this.#gone = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#end(new Error('the thread of a session has ended'));
        resolve();
      });
    });
  }

  /** When the graph is loaded. */
  async ready(): Promise<void> {
    try {
      await this.#expect(0);
    } catch (error) {
      await this.#worker.terminate();
      throw error;
    }
  }

  errors(rows: readonly GraphRow[]): Promise<Float32Array> {
    this.#lastId += 1;
    const id = this.#lastId;
    const job = this.#expect(id);
    this.#send({ id, rows });
    return job;
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#send({ close: true });
    await this.#gone;
  }

  #send(message: ToLane): void {
    this.#worker.postMessage(message);
  }

  #expect(id: number): Promise<Float32Array> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#worker.ref();
      this.#jobs.set(id, { resolve, reject });
    });
  }

  #hear(message: FromLane): void {
    if ('warning' in message) this.#events.warn(message.warning);
    else if ('line' in message) this.#events.log(message.line);
    else if ('fed' in message) this.#events.onRun(message.fed);
    else if ('evidence' in message) this.#events.onEvidence(message.evidence);
    else this.#answer(message);
  }

  #answer(message: Extract<FromLane, { id: number }>): void {
    const job = this.#jobs.get(message.id);
    this.#jobs.delete(message.id);
    // An idle thread keeps no process alive.
    if (this.#jobs.size === 0) this.#worker.unref();
    if ('errors' in message) job?.resolve(message.errors);
    else job?.reject(message.faults ? new CheckpointFault(message.faults) : new Error(message.message));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#jobs.values()) reject(this.#ended);
    this.#jobs.clear();
  }
}
