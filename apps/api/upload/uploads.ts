import { mkdirSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Database } from '@gdbench/prisma/database';
import { isTransient } from '@gdbench/prisma/retry';
import { type FileRow, readFile } from '@gdbench/prisma/submissions';
import type { Storage } from '@gdbench/storage/storage';
import { EVENTS, Server } from '@tus/server';
import { LRUCache } from 'lru-cache';
import type { Metrics } from '../http/metrics.ts';
import { type Logger, logUnexpected } from '../log.ts';
import { createFinisher } from './finish.ts';
import { tidyUploads } from './leftovers.ts';
import { isRefusal, type Refusal, refuse, UploadStore } from './store.ts';

/** Bytes that must stay free on the disk beside an upload. */
const SPARE_BYTES = 100e6;
const TIDY_EVERY_MS = 3_600_000;

export interface Uploads {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Bytes of this file that have arrived here so far; 0 when none. */
  bytesReceived(fileId: string): Promise<number>;
  /** Finishes the upload if all its bytes are here. */
  finishIfComplete(fileId: string): Promise<void>;
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
  const evaluationOf = new LRUCache<string, string>({ max: 1_000 });

  const known = async (fileId: string): Promise<FileRow> => {
    const file = await readFile(db, fileId);
    // an id in capitals is the same row to the database, and would be another file on the disk
    if (file?.id !== fileId) throw refuse(404, 'There is no such file in any submission: submit the checkpoint first.');
    evaluationOf.set(fileId, file.evaluationId);
    return file;
  };

  const server = new Server({
    path: '/uploads',
    datastore: store,
    relativeLocation: true,
    respectForwardedHeaders: false,
    allowedOrigins: () => true, // foreign origins have been turned away before
    postReceiveInterval: 500,
    namingFunction: (_request, metadata) => {
      const id = metadata?.fileId;
      if (!id) throw refuse(400, 'Upload-Metadata must name the file: fileId, as the submission lists it.');
      return id;
    },
    async onIncomingRequest(request, id) {
      const file = await known(id);
      if (request.method === 'HEAD') {
        if (!file.stored) await finisher.finishIfComplete(id);
        return;
      }
      if (file.stored) throw refuse(409, `${file.path} is stored already and need not be sent.`);
      if (file.state !== 'UPLOADING')
        throw refuse(409, `The submission of ${file.path} takes no more files: it is ${file.state}.`);
    },
    async onUploadCreate(_request, { id, size }) {
      const file = await known(id);
      if (size !== file.size)
        throw refuse(400, `Upload-Length is ${size}, but the manifest says that ${file.path} has ${file.size} bytes.`);
      const disk = await statfs(directory);
      if (disk.bavail * disk.bsize < file.size + SPARE_BYTES)
        throw refuse(507, `The service's disk has no room for ${file.path} just now; try again later.`);
      return {};
    },
    async onUploadFinish(_request, { id }) {
      await finisher.finish(id);
      return {};
    },
    onResponseError: (request, error) => readable(error, `${request.method} upload`, log),
  });
  const tellProgress = (fileId = '') => {
    const evaluationId = evaluationOf.get(fileId);
    if (evaluationId) onProgress(evaluationId);
  };
  server.on(EVENTS.POST_RECEIVE, (_request, { id }) => tellProgress(id));

  const tidy = () => tidyUploads({ db, directory, finisher, log });
  const timer = setInterval(
    () => void tidy().catch((error) => logUnexpected(log, error, 'tidying uploads')),
    TIDY_EVERY_MS,
  ).unref();

  return {
    async handle(request, response) {
      await server.handle(request, response);
      if (request.method === 'PATCH') tellProgress(request.url?.split('/').at(-1));
    },
    bytesReceived: (fileId) =>
      stat(store.path(fileId)).then(
        ({ size }) => size,
        () => 0,
      ),
    finishIfComplete: (fileId) => finisher.finishIfComplete(fileId),
    tidy,
    close: () => clearInterval(timer),
  };
}

/** One sentence for the sender; the details of a fault of ours go to the log. */
function readable(error: unknown, where: string, log: Logger): Refusal | undefined {
  if (isRefusal(error) && error.status_code !== 500) return error;
  if (isTransient(error))
    return refuse(503, 'The database does not answer just now; the upload can go on in a moment.');
  if ((error as NodeJS.ErrnoException)?.code === 'ENOSPC')
    return refuse(507, "The service's disk is full; the upload can go on when there is room.");
  const logId = logUnexpected(log, error, where);
  return refuse(
    500,
    `Something went wrong on our side, which the log has as ${logId}; the upload can go on in a moment.`,
  );
}
