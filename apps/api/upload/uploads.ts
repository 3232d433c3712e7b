import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { type FileRow, readFile } from '@gdbench/prisma/submissions';
import type { Storage } from '@gdbench/storage/storage';
import { EVENTS } from '@tus/server';
import { LRUCache } from 'lru-cache';
import type { Metrics } from '../http/metrics.ts';
import { type Logger, logUnexpected } from '../log.ts';
import { createFinisher } from './finish.ts';
import { tidyUploads } from './leftovers.ts';
import { UploadStore } from './store.ts';
import { createTusServer } from './tus.ts';

const TIDY_EVERY_MS = 3_600_000;

export interface Uploads {
  handle(request: IncomingMessage, response: ServerResponse, actor: Actor): Promise<void>;
  /** Bytes of this file that have arrived here so far; 0 when none. */
  bytesReceived(fileId: string): Promise<number>;
  /** Finishes the upload if all its bytes are here. */
  finishIfComplete(fileId: string, actor: Actor): Promise<void>;
  /** Finishes and forgets what an earlier process, or a database that was away, left behind. */
  tidy(): Promise<void>;
  close(): void;
}

interface Options {
  db: Database;
  storage: Storage;
  home: string;
  metrics: Metrics;
  log: Logger;
  /** Bytes of an evaluation's files have arrived. */
  onProgress(evaluationId: string): void;
}

/** tus at /uploads: POST creates with metadata `fileId`, HEAD tells the offset, PATCH goes on from there. */
export function createUploads({ db, storage, home, metrics, log, onProgress }: Options): Uploads {
  const directory = join(home, 'uploads');
  mkdirSync(directory, { recursive: true });
  const store = new UploadStore(directory, async (id) => {
    const file = await readFile(db, id);
    return file?.stored ? file.size : null;
  });
  const finisher = createFinisher({ db, storage, store, metrics });
  const evaluationsOf = new LRUCache<string, readonly string[]>({ max: 1_000 });
  const onFile = ({ id, awaitedBy }: FileRow) => evaluationsOf.set(id, awaitedBy);
  const actors = new WeakMap<object, Actor>();
  const actorOf = (request?: object) => {
    const actor = request && actors.get(request);
    if (!actor) throw new Error('An upload came from nobody.');
    return actor;
  };
  const server = createTusServer({ db, store, finisher, log, onFile, actorOf });
  const tellProgress = (fileId = '') => {
    for (const evaluationId of evaluationsOf.get(fileId) ?? []) onProgress(evaluationId);
  };
  server.on(EVENTS.POST_RECEIVE, (_request, { id }) => tellProgress(id));

  const tidy = () => tidyUploads({ db, directory, finisher, log });
  const timer = setInterval(
    () => void tidy().catch((error) => logUnexpected(log, error, 'tidying uploads')),
    TIDY_EVERY_MS,
  ).unref();

  return {
    async handle(request, response, actor) {
      actors.set(request, actor);
      await server.handle(request, response);
      if (request.method === 'PATCH') tellProgress(request.url?.split('/').at(-1));
    },
    bytesReceived: (fileId) =>
      stat(store.path(fileId)).then(
        ({ size }) => size,
        () => 0,
      ),
    finishIfComplete: finisher.finishIfComplete,
    tidy,
    close: () => clearInterval(timer),
  };
}
