import { readdir } from 'node:fs/promises';
import { type ClaimedWork, claim, release } from '@gdbench/prisma/work';
import type { WarmProcess } from '../child/warm.ts';
import { inspectWork } from '../stages/inspect/inspect.ts';
import { planWork } from '../stages/plan/plan.ts';
import { scoreWork } from '../stages/score/score.ts';
import { persist, type Stage } from '../stages/stage.ts';
import type { Doorbell } from './doorbell.ts';
import { type Fetching, startFetching } from './fetching.ts';

type Kind = ClaimedWork['kind'];

/** What a worker does apart from each other, and what of it one after the other. */
const LOOPS = {
  inspections: ['INSPECT', 'PLAN'],
  shards: ['SCORE'],
} as const satisfies Readonly<Record<string, readonly Kind[]>>;
export type Loop = keyof typeof LOOPS;
export const LOOP_NAMES = ['inspections', 'shards'] as const satisfies readonly Loop[];

/** In which loop work of a kind is done. */
export const loopOf = (kind: Kind): Loop => (kind === 'SCORE' ? 'shards' : 'inspections');

function doWork(stage: Stage, warm: WarmProcess, work: ClaimedWork): Promise<void> {
  if (work.kind === 'INSPECT') return inspectWork(stage, warm, work);
  return work.kind === 'PLAN' ? planWork(stage, work) : scoreWork(stage, warm, work);
}

/** Takes and does the work of one loop, a piece at a time. */
export function startWork(
  stage: Stage,
  warm: WarmProcess,
  loop: Loop,
  doorbell: Doorbell,
  onFetched: () => void,
): Fetching {
  const { db, settings, log } = stage;
  return startFetching<ClaimedWork>({
    name: loop,
    async fetch() {
      const onDisk = await checkpointsIn(settings.work);
      return claim(db, { worker: settings.workerId, kinds: LOOPS[loop], loaded: stage.loaded.evaluation(), onDisk });
    },
    work: (work) => doWork(stage, warm, work),
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
