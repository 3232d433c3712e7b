import { rm, stat } from 'node:fs/promises';
import type { Actor } from '@gdbench/prisma/actor';
import type { Database } from '@gdbench/prisma/database';
import { withRetry } from '@gdbench/prisma/retry';
import { fileStored, readFile } from '@gdbench/prisma/submissions';
import { HashMismatchError, type Storage } from '@gdbench/storage/storage';
import type { Metrics } from '../http/metrics.ts';
import { refuse, type UploadStore } from './store.ts';

interface Options {
  db: Database;
  storage: Storage;
  store: UploadStore;
  metrics: Metrics;
}

/** Brings a complete upload into the storage and the database. */
export interface Finisher {
  /** Safe to repeat at any point; throws a refusal when the bytes are not those of the manifest. */
  finish(fileId: string, actor: Actor): Promise<void>;
  /** Finishes the upload if all its bytes are here: what a crash, or a database that was away, left undone. */
  finishIfComplete(fileId: string, actor: Actor): Promise<void>;
}

export function createFinisher({ db, storage, store, metrics }: Options): Finisher {
  /** The same upload is finished once, however many ask for it. */
  const underWay = new Map<string, Promise<void>>();

  const discard = async (fileId: string) => {
    await rm(store.path(fileId), { force: true });
    await rm(`${store.path(fileId)}.json`, { force: true });
  };

  /** Moves the bytes into the storage; false when there are none, here or there. */
  const put = async (sha256: string, path: string): Promise<boolean> => {
    try {
      await storage.put(sha256, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // moved before, and the process ended before the database knew; or another process is just ahead of us
      return storage.has(sha256);
    }
  };

  const run = async (fileId: string, actor: Actor) => {
    const file = await readFile(db, fileId);
    if (file === null || file.stored || file.awaitedBy.length === 0) return discard(fileId);
    try {
      if (!(await put(file.sha256, store.path(fileId)))) return discard(fileId);
    } catch (error) {
      if (!(error instanceof HashMismatchError)) throw error;
      await discard(fileId);
      metrics.uploads.inc({ outcome: 'refused' });
      throw refuse(422, `${file.path} arrived with another sha256 than the manifest says; send it again.`);
    }
    await withRetry(() => fileStored(db, actor, fileId), { retries: 5 });
    await discard(fileId);
    metrics.uploads.inc({ outcome: 'stored' });
    metrics.uploadedBytes.inc(file.size);
  };

  const finish = (fileId: string, actor: Actor): Promise<void> => {
    const present = underWay.get(fileId);
    if (present) return present;
    const promise = run(fileId, actor).finally(() => underWay.delete(fileId));
    underWay.set(fileId, promise);
    return promise;
  };

  return {
    finish,
    async finishIfComplete(fileId, actor) {
      const upload = await store.configstore.get(fileId);
      if (!upload) return;
      const bytes = await stat(store.path(fileId)).then(
        ({ size }) => size,
        () => null,
      );
      if (bytes === null || bytes === upload.size) await finish(fileId, actor);
    },
  };
}
