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
  const worker = new Worker(new URL('./lane-thread.ts', import.meta.url), { workerData: start, execArgv: [] });
  const waiting = new Map<number, { resolve(errors: Float32Array): void; reject(error: Error): void }>();
  let ended: Error | undefined;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  const expect = (id: number): Promise<Float32Array> => {
    if (ended) return Promise.reject(ended);
    return new Promise<Float32Array>((resolve, reject) => {
      worker.ref();
      waiting.set(id, { resolve, reject });
    });
  };
  worker.on('message', (message: FromLane) => {
    if ('warning' in message) return events.warn(message.warning);
    if ('line' in message) return events.log(message.line);
    if ('fed' in message) return events.onRun(message.fed);
    if ('evidence' in message) return events.onEvidence(message.evidence);
    const job = waiting.get(message.id);
    waiting.delete(message.id);
    // An idle thread keeps no process alive.
    if (waiting.size === 0) worker.unref();
    if ('errors' in message) job?.resolve(message.errors);
    else job?.reject(message.faults ? new CheckpointFault(message.faults) : new Error(message.message));
  });
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  const gone = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end(new Error('the thread of a session has ended'));
      resolve();
    });
  });
  let id = 0;
  const send = (message: ToLane) => worker.postMessage(message);
  const close = async () => {
    worker.ref();
    send({ close: true });
    await gone;
  };
  try {
    await expect(0);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    depth: DEPTH,
    errors(rows) {
      id += 1;
      const job = expect(id);
      send({ id, rows });
      return job;
    },
    close,
  };
}
