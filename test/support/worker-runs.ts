import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnfinished } from '@gdbench/benchmark/states';
import { type Database, openDatabase } from '@gdbench/prisma/database';
import { type EvaluationDetail, readEvaluation } from '@gdbench/prisma/evaluations';
import { listen } from '@gdbench/prisma/events';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { openStorage } from '@gdbench/storage/storage';
import { type WorkerSettings, workerSettings } from '@gdbench/workers/settings';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { ASK, askFor, BOARD_ID } from './board.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { newFolder } from './folder.ts';
import { writeTinyData } from './tiny-data.ts';

export const SAMPLES = 4;
export const PINNED = { batch: 4, threads: 1 };

interface Stoppable {
  stop(): Promise<void>;
}

/** Workers in this process, on a database and a state folder of each test's own; `start` starts one. Read inside of tests only. */
export function workerRuns<Parts extends object>(
  start: (settings: WorkerSettings, parts: Parts & { log: pino.Logger }) => Promise<Stoppable>,
) {
  const data = newFolder();
  let database: TestDatabase;
  let db: Database;
  let home: string;
  const workers: Stoppable[] = [];
  beforeAll(async () => {
    await writeTinyData(data);
  });
  beforeEach(async () => {
    database = await createTestDatabase();
    db = openDatabase(database.url);
    await askFor(db, { ...ASK, samples: SAMPLES });
    home = newFolder();
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await db.close();
    await database.drop();
  });

  function settingsOf(name: string, databaseUrl = database.url): WorkerSettings {
    return workerSettings({
      DATABASE_URL: databaseUrl,
      GDBENCH_HOME: home,
      GDBENCH_DATA: data,
      GDBENCH_BATCH: String(PINNED.batch),
      GDBENCH_THREADS: String(PINNED.threads),
      WORKER_NAME: name,
    });
  }

  return {
    data,
    db: () => db,
    url: () => database.url,
    home: () => home,
    settingsOf,

    async work(settings: WorkerSettings, parts: Parts): Promise<Stoppable> {
      const worker = await start(settings, { log: pino({ level: 'silent' }), ...parts });
      workers.push(worker);
      return worker;
    },

    /** Puts a folder's files into the service's storage and submits them; gives the evaluation's id. */
    async submit(dir: string, name: string, protocol: string | null = null): Promise<string> {
      const storage = await openStorage(settingsOf('any').storage);
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = await Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async (entry) => {
            const at = join(entry.parentPath, entry.name);
            const content = await readFile(at);
            const sha256 = createHash('sha256').update(content).digest('hex');
            await storage.put(sha256, at, { keep: true });
            return { path: at.slice(dir.length + 1), size: content.length, sha256 };
          }),
      );
      const { evaluationId } = await createSubmission(db, {
        submitter: 'anonymous',
        name,
        files,
        sha256: checkpointSha256(files),
        boardId: BOARD_ID,
        protocol,
        storedHashes: new Set(files.map(({ sha256 }) => sha256)),
      });
      return evaluationId;
    },

    /** Waits for the evaluation's end. */
    ended(evaluationId: string): Promise<EvaluationDetail> {
      return new Promise((resolve, reject) => {
        const read = async () => {
          const evaluation = await readEvaluation(db, evaluationId);
          if (!evaluation || isUnfinished(evaluation.state)) return;
          await listener.close();
          resolve(evaluation);
        };
        const listener = listen(database.url, {
          onEvent: () => void read().catch(reject),
          onConnect: () => void read().catch(reject),
        });
      });
    },
  };
}
