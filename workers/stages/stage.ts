import type { Database } from '@gdbench/prisma/database';
import { log, logInspection, type NewLogLine } from '@gdbench/prisma/log';
import { withRetry } from '@gdbench/prisma/retry';
import { type ClaimedWork, heartbeat } from '@gdbench/prisma/work';
import type { Storage } from '@gdbench/storage/storage';
import type { Logger } from 'pino';
import type { BoardData } from '../board-data.ts';
import type { Loaded } from '../runner/loaded.ts';
import { within } from '../runner/prompt.ts';
import type { WorkerSettings } from '../runner/settings.ts';

/** What a worker's stages share. */
export interface Stage {
  readonly db: Database;
  readonly storage: Storage;
  readonly data: BoardData;
  readonly settings: WorkerSettings;
  readonly log: Logger;
  readonly loaded: Loaded;
  /** A lease was renewed: this worker takes work of the kind. */
  onRenewed(kind: ClaimedWork['kind']): void;
  /** Aborted when the worker stops: work under way is given back. */
  readonly stopping: AbortSignal;
}

/** Tries left for what a stopping worker still writes. */
const LAST_TRIES = 2;

/** Seconds that a lease may take to be renewed, and a result to be written, before it is tried anew on another connection. */
const RENEW_SECONDS = 10;
const WRITE_SECONDS = 60;

/** Renews the lease of work, and tells how many of its examples are done. */
export async function renew({ db, onRenewed }: Stage, work: ClaimedWork, done = 0): ReturnType<typeof heartbeat> {
  const state = await within(RENEW_SECONDS, heartbeat(db, work, { done }), () => db.breakConnections());
  onRenewed(work.kind);
  return state;
}

/** Runs a write until the database takes it; a stopping worker does not wait for a database that is away. */
export function persist<T>(stage: Stage, write: () => Promise<T>): Promise<T> {
  const attempt = () => within(WRITE_SECONDS, write(), () => stage.db.breakConnections());
  return stage.stopping.aborted
    ? withRetry(attempt, { retries: LAST_TRIES })
    : withRetry(attempt, { signal: stage.stopping });
}

/** Adds a line to the log of the evaluation that work is of; of an inspection, to those of all who wait for the checkpoint. */
export async function say(stage: Stage, of: Of, step: 'inspect' | 'plan' | 'score', message: string): Promise<void> {
  const named = of.evaluationId === null ? { checkpointId: of.checkpointId } : { evaluationId: of.evaluationId };
  stage.log.info({ ...named, stage: step }, message);
  const line: NewLogLine = { stage: step, worker: stage.settings.workerId, message };
  const write = () =>
    of.evaluationId === null ? logInspection(stage.db, of.checkpointId, line) : log(stage.db, of.evaluationId, line);
  // a line that is lost must not cost the work it tells of
  await withRetry(write, { retries: LAST_TRIES }).catch((error) =>
    stage.log.warn({ ...named, error: String(error) }, 'a log line was lost'),
  );
}

type Of = { readonly evaluationId: string } | { readonly evaluationId: null; readonly checkpointId: string };
