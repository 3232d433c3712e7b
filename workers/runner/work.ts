import { readdir } from 'node:fs/promises';
import { type ClaimedWork, claim, release } from '@gdbench/prisma/work';
import type { WarmProcess } from '../child/warm.ts';
import { inspectWork } from '../stages/inspect/inspect.ts';
import { scoreWork } from '../stages/score/score.ts';
import { persist, type Stage } from '../stages/stage.ts';
import type { Doorbell } from './doorbell.ts';
import { type Fetching, startFetching } from './fetching.ts';

type Kind = ClaimedWork['kind'];

/** What a worker does. */
export const KINDS = ['INSPECT', 'SCORE'] as const satisfies readonly Kind[];

const NAMES: Readonly<Record<Kind, string>> = { INSPECT: 'inspections', SCORE: 'shards' };

/** Takes and does work of one kind, a piece at a time. */
export function startWork(
  stage: Stage,
  warm: WarmProcess,
  kind: Kind,
  doorbell: Doorbell,
  onFetched: () => void,
): Fetching {
  const { db, settings, log } = stage;
  return startFetching<ClaimedWork>({
    name: NAMES[kind],
    async fetch() {
      const onDisk = await checkpointsIn(settings.work);
      return claim(db, { worker: settings.workerId, kinds: [kind], loaded: stage.loaded.evaluation(), onDisk });
    },
    work: (work) => (work.kind === 'INSPECT' ? inspectWork(stage, warm, work) : scoreWork(stage, warm, work)),
    giveBack: (work) => persist(stage, () => release(db, work)),
    onFetched,
    reconnect: () => db.breakConnections(),
    doorbell,
    log,
  });
}

/** sha256 of the checkpoints whose folders lie in `work`. */
async function checkpointsIn(work: string): Promise<string[]> {
  const names = await readdir(work).catch(() => []);
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
}
