import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CASE_TEXTS, casesNamed, writeCase } from '../../../test/support/diffusion-cases.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { readDiffusionLayout } from '../checkpoint/diffusion-layout.ts';
import { openFolder, pathOf } from '../checkpoint/folder.ts';
import { mixtureOf } from '../protocols/errors.ts';
import { NoiseStream } from '../protocols/noise.ts';
import { timestepsFor } from '../protocols/timesteps.ts';
import { openAll } from '../runtime/session.ts';
import { openConditioning } from './conditioning.ts';
import { laneHere, laneInThread } from './lane.ts';
import { rowText } from './row-text.ts';
import { alphasCumprod } from './schedule.ts';
import type { GraphRow } from './unet-graph.ts';
import { planUNet } from './unet-plan.ts';

const scratch = newFolder();

describe.each(casesNamed('sdxl', 'pixel-variance', 'fixed-batch-of-one', 'timestep-a-row', 'half-edges'))(
  'a session of %s',
  (name, one) => {
    it('gives the same bits in a thread of its own', async () => {
      const dir = path.join(scratch, name);
      await writeCase(one, dir);
      const layout = await readDiffusionLayout(await openFolder(dir));
      const settings = { device: 'cpu', threads: 1, warn: () => {} } as const;
      const [text, model] = await openAll(settings, async (open) => [
        await openConditioning(layout, open),
        await open(pathOf(layout.folder, layout.unet), layout.unet),
      ]);
      const conditionings = await text.encode(CASE_TEXTS);
      const texts = conditionings.map(rowText);
      const timesteps = timestepsFor(one.samples, layout.scheduler.num_train_timesteps);
      const alphas = alphasCumprod(layout.scheduler);
      const mixtures = timesteps.map((t) => mixtureOf(alphas[t]!));
      const stream = new NoiseStream(one.seed);
      const size = one.facts.latent.reduce((product, dim) => product * dim, 1);
      const noise = timesteps.map(() => stream.draw(size));
      const row = (k: number, word = 0): GraphRow => ({ z0: noise[0]!, eps: noise[k]!, text: texts[word]!, k });
      const plan = await planUNet(layout, model, conditionings[0]!, { timesteps, mixtures, probeRow: row });

      const fed: number[] = [];
      const events = {
        warn: () => {},
        log: () => {},
        onRun: (rows: number) => void fed.push(rows),
        onEvidence: () => {},
      };
      const start = {
        source: pathOf(layout.folder, layout.unet),
        file: layout.unet,
        plan,
        device: 'cpu',
        threads: 1,
      } as const;
      const lanes = [laneHere(model, plan, events), await laneInThread(start, events)];
      try {
        // Texts change from row to row and from batch to batch; a batch is of one sample, as every graph takes it.
        const rows = plan.insists ?? 3;
        const batches = [0, 1, 2].map((k) => Array.from({ length: rows }, (_, i) => row(k, (k + i) % texts.length)));
        const [here, there] = await Promise.all(
          lanes.map(async (lane) => {
            const errors: Float32Array[] = [];
            for (const batch of batches) errors.push(await lane.errors(batch));
            return errors;
          }),
        );
        expect(there).toEqual(here);
        expect(new Set(here!.flatMap((errors) => [...errors])).size).toBe(3 * rows);
        expect(fed).toEqual([rows, rows, rows]);
      } finally {
        for (const lane of lanes) await lane.close();
        for (const encoder of text.models) await encoder.close();
      }
    });
  },
);
