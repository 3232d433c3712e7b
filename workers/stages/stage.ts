import type { Database } from '@gdbench/prisma/database';
import { log } from '@gdbench/prisma/log';
import { withRetry } from '@gdbench/prisma/retry';
import type { Storage } from '@gdbench/storage/storage';
import type { Logger } from 'pino';
import type { BoardData } from '../board-data.ts';
import type { WorkerSettings } from '../runner/settings.ts';

/** What a worker's stages share. */
export interface Stage {
  readonly db: Database;
  readonly storage: Storage;
  readonly data: BoardData;
  readonly settings: WorkerSettings;
  readonly log: Logger;
  /** Aborted when the worker stops: work under way is given back. */
  readonly stopping: AbortSignal;
}

/** Tries left for what a stopping worker still writes. */
const LAST_TRIES = 2;

/** Runs a write until the database takes it; a stopping worker does not wait for a database that is away. */
export function persist<T>(stage: Stage, write: () => Promise<T>): Promise<T> {
  return stage.stopping.aborted
    ? withRetry(write, { retries: LAST_TRIES })
    : withRetry(write, { signal: stage.stopping });
}

/** Adds a line to the evaluation's log. A line that is lost must not cost the work it tells of. */
export async function say(
  stage: Stage,
  evaluationId: string,
  step: 'inspect' | 'score',
  message: string,
): Promise<void> {
  stage.log.info({ evaluationId, stage: step }, message);
  await withRetry(() => log(stage.db, evaluationId, { stage: step, worker: stage.settings.workerId, message }), {
    retries: LAST_TRIES,
  }).catch((error) => stage.log.warn({ evaluationId, error: String(error) }, 'a log line was lost'));
}
