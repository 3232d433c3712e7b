import { statfs } from 'node:fs/promises';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { isTransient } from '@gdbench/prisma/retry';
import { type FileRow, readFile } from '@gdbench/prisma/submissions';
import { Server } from '@tus/server';
import { type Logger, logUnexpected } from '../log.ts';
import type { Finisher } from './finish.ts';
import { isRefusal, type Refusal, refuse, type UploadStore } from './store.ts';

/** Bytes that must stay free on the disk beside an upload. */
const SPARE_BYTES = 100e6;

interface Options {
  db: Database;
  store: UploadStore;
  finisher: Finisher;
  log: Logger;
  /** Somebody asks for, creates or sends this file. */
  onFile(file: FileRow): void;
  /** Who sent this request of Node's. */
  actorOf(request: object | undefined): Actor;
}

/** The tus protocol at /uploads, for the files that submissions name, and as their manifests say. */
export function createTusServer({ db, store, finisher, log, onFile, actorOf }: Options): Server {
  const known = async (fileId: string): Promise<FileRow> => {
    const file = await readFile(db, fileId);
    // an id in capitals is the same row to the database, and would be another file on the disk
    if (!file || fileId !== fileId.toLowerCase())
      throw refuse(404, 'There is no such file in any submission: submit the checkpoint first.');
    onFile(file);
    return file;
  };
  return new Server({
    path: '/uploads',
    datastore: store,
    relativeLocation: true,
    respectForwardedHeaders: false,
    allowedOrigins: () => true, // foreign origins have been turned away before
    postReceiveInterval: 500,
    namingFunction: (_request, metadata) => fileIdOf(metadata),
    async onIncomingRequest(request, id) {
      const file = await known(id);
      if (request.method !== 'HEAD') requireOpen(file);
      else if (!file.stored) await finisher.finishIfComplete(id, actorOf(request.runtime?.node?.req));
    },
    async onUploadCreate(_request, { id, size }) {
      const file = await known(id);
      requireSize(file, size);
      await requireRoom(file, store.directory);
      return {};
    },
    async onUploadFinish(request, { id }) {
      await finisher.finish(id, actorOf(request.runtime?.node?.req));
      return {};
    },
    onResponseError: (request, error) => readable(error, `${request.method} upload`, log),
  });
}

function fileIdOf(metadata: Record<string, string | null> | undefined): string {
  const id = metadata?.fileId;
  if (!id) throw refuse(400, 'Upload-Metadata must name the file: fileId, as the submission lists it.');
  return id;
}

function requireOpen({ path, stored, awaitedBy, state }: FileRow): void {
  if (stored) throw refuse(409, `${path} is stored already and need not be sent.`);
  if (awaitedBy.length === 0) throw refuse(409, `The submission of ${path} takes no more files: it is ${state}.`);
}

function requireSize({ path, size }: FileRow, announced: number | undefined): void {
  if (announced !== size)
    throw refuse(400, `Upload-Length is ${announced}, but the manifest says that ${path} has ${size} bytes.`);
}

async function requireRoom({ path, size }: FileRow, directory: string): Promise<void> {
  const disk = await statfs(directory);
  if (disk.bavail * disk.bsize < size + SPARE_BYTES)
    throw refuse(507, `The service's disk has no room for ${path} just now; try again later.`);
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
