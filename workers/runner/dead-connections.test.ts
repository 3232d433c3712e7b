import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freezable } from '../../test/support/frozen.ts';
import { workerRuns } from '../../test/support/worker-runs.ts';
import { keepWarm } from '../child/warm.ts';
import { startWorker } from './run.ts';

const DUAL_ENCODER = join(process.cwd(), 'test/reference/odd-clip');
const { url, settingsOf, work, submit, ended } = workerRuns(startWorker);

test('a worker all of whose connections go dead in mid-shard, without a word, goes on over new ones by itself', async () => {
  const between = await freezable(url());
  const warm = keepWarm({ memoryBytes: 8e9 });
  let isFrozen = false;
  const freezing = {
    ...warm,
    take(key: string) {
      if (!isFrozen) between.freeze();
      isFrozen = true;
      return warm.take(key);
    },
  };
  const evaluationId = await submit(DUAL_ENCODER, 'cut off');
  const worker = await work(settingsOf('far', between.url), { warm: freezing });
  expect(await ended(evaluationId)).toMatchObject({ state: 'DONE' });
  const next = await submit(DUAL_ENCODER, 'afterwards');
  expect(await ended(next)).toMatchObject({ state: 'DONE' });
  expect(isFrozen).toBe(true);
  await worker.stop();
  await between.close();
}, 120_000);
