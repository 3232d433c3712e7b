import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvaluation } from '@gdbench/prisma/evaluations';
import { MAX_ATTEMPTS } from '@gdbench/prisma/lease';
import { readLog } from '@gdbench/prisma/log';
import { createSubmission } from '@gdbench/prisma/submissions';
import { checkpointSha256 } from '@gdbench/storage/identity';
import { openStorage, type Storage } from '@gdbench/storage/storage';
import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { BOARD_ID } from '../../../test/support/board.ts';
import { testFileDatabase } from '../../../test/support/database.ts';
import { claimedInspection, endPauses } from '../../../test/support/evaluation.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';
import { openBoardData } from '../../board-data.ts';
import { workerSettings } from '../../runner/settings.ts';
import type { Stage } from '../stage.ts';
import { inspectWork } from './inspect.ts';

const CHECKPOINT = join(process.cwd(), 'test/reference/odd-clip');

const database = testFileDatabase();
const home = newFolder();
let data: string;
let stored: Storage;
beforeAll(async () => {
  data = join(home, 'data');
  await writeTinyData(data);
  stored = await openStorage(`file:${join(home, 'storage')}`);
});

function stageWith({ storage, memoryGb }: { storage?: Partial<Storage>; memoryGb?: string } = {}): Stage {
  const settings = workerSettings({
    DATABASE_URL: database().url,
    GDBENCH_HOME: home,
    GDBENCH_DATA: data,
    WORKER_NAME: 'w',
    ...(memoryGb ? { GDBENCH_MEMORY_GB: memoryGb } : {}),
  });
  return {
    db: database(),
    storage: { ...stored, ...storage },
    data: openBoardData(settings.data),
    settings,
    log: pino({ level: 'silent' }),
    loaded: { note: () => undefined, evaluation: () => null },
    onRenewed: () => undefined,
    stopping: new AbortController().signal,
  };
}

/** A submission of the checkpoint, stored; with a file of its own, so that no other test has its folder ready. */
async function submit(name: string, protocol: string | null = null): Promise<string> {
  const files = [];
  for (const path of await readdir(CHECKPOINT)) {
    const content = await readFile(join(CHECKPOINT, path));
    const sha256 = createHash('sha256').update(content).digest('hex');
    await stored.put(sha256, join(CHECKPOINT, path), { keep: true });
    files.push({ path, size: content.length, sha256 });
  }
  const readme = files.find(({ path }) => path === 'config.json');
  if (readme) files.push({ ...readme, path: `${name}.json` });
  const { evaluationId } = await createSubmission(database(), {
    submitter: 'anonymous',
    name,
    files,
    sha256: checkpointSha256(files),
    boardId: BOARD_ID,
    protocol,
    storedHashes: new Set(files.map(({ sha256 }) => sha256)),
  });
  return evaluationId;
}

/** One try; the pause before it is over. */
async function inspectOnce(stage: Stage, evaluationId: string) {
  await endPauses(database(), evaluationId);
  await inspectWork(stage, { offer: () => false }, await claimedInspection(database(), evaluationId));
  const evaluation = await readEvaluation(database(), evaluationId);
  const log = await readLog(database(), evaluationId, 50);
  return { evaluation, log: log.map(({ message }) => message) };
}

test('a disk that is full for a moment costs a try and not the submission', async () => {
  const evaluationId = await submit('full');
  const full = Object.assign(new Error("ENOSPC: no space left on device, open '/secret/place'"), { code: 'ENOSPC' });
  const first = await inspectOnce(stageWith({ storage: { materialise: () => Promise.reject(full) } }), evaluationId);
  expect(first.evaluation).toMatchObject({ state: 'INSPECTING', fault: null });
  expect(first.log).toContain('Inspection stopped: the disk of the service is full.');
  expect(first.log.join()).not.toContain('secret');
  const second = await inspectOnce(stageWith(), evaluationId);
  expect(second.evaluation).toMatchObject({ state: 'QUEUED', protocol: 'cosine' });
});

test('a storage that stays away fails the evaluation as a fault of the service', async () => {
  const evaluationId = await submit('away');
  const away = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:9000'), { code: 'ECONNREFUSED' });
  const stage = stageWith({ storage: { materialise: () => Promise.reject(away) } });
  for (let n = 1; n < MAX_ATTEMPTS; n += 1)
    expect((await inspectOnce(stage, evaluationId)).evaluation?.state).toBe('INSPECTING');
  expect((await inspectOnce(stage, evaluationId)).evaluation).toMatchObject({
    state: 'FAILED',
    fault: 'SERVICE',
    reason: 'Inspection stopped: the storage of the service does not answer (ECONNREFUSED).',
  });
});

test('a checkpoint that needs more memory than an inspection has is told so once every try has ended so', async () => {
  const evaluationId = await submit('large');
  const stage = stageWith({ memoryGb: '0.001' });
  for (let n = 1; n < MAX_ATTEMPTS; n += 1)
    expect((await inspectOnce(stage, evaluationId)).evaluation?.state).toBe('INSPECTING');
  expect((await inspectOnce(stage, evaluationId)).evaluation).toMatchObject({
    state: 'FAILED',
    fault: 'SERVICE',
    reason: expect.stringMatching(/^The checkpoint needs more memory than the 0\.0 GB/),
  });
}, 60_000);

test('a protocol that does not fit the kind of checkpoint is refused by name, with those that do', async () => {
  const evaluationId = await submit('gray', 'diffusion-itm-gray');
  expect((await inspectOnce(stageWith(), evaluationId)).evaluation).toMatchObject({
    state: 'REFUSED',
    fault: 'SUBMITTER',
    reason: 'The protocol diffusion-itm-gray does not fit a dual encoder checkpoint.',
    remedy: 'Submit it again without a protocol, or with cosine.',
    faults: [
      { remedyParts: [{ words: 'submit it again without a protocol, or with cosine' }], namesPlaceholder: false },
    ],
  });
});
