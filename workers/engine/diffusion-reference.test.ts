import path from 'node:path';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import type { TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CASE_IMAGES,
  CASE_TEXTS,
  casesNamed,
  DIFFUSION_CASES,
  type DiffusionCase,
  REFERENCE_PROTOCOLS,
  writeCase,
} from '../../test/support/diffusion-cases.ts';
import { each } from '../../test/support/each.ts';
import { type ExampleList, taskOfLists } from '../../test/support/example-lists.ts';
import { newFolder } from '../../test/support/folder.ts';
import { openEvaluator, type ScoredExample } from './evaluate.ts';
import type { EvaluatorOptions } from './evaluator-options.ts';
import { inspectCheckpoint } from './inspect.ts';
import { reduceErrors } from './protocols/reduce.ts';

const scratch = newFolder();
const reports = new Map<DiffusionCase, InspectionReport>();
const dirOf = (one: DiffusionCase) => path.join(scratch, one.name);

beforeAll(async () => {
  for (const one of DIFFUSION_CASES) await writeCase(one, dirOf(one));
});

async function reportOf(one: DiffusionCase): Promise<InspectionReport> {
  const known = reports.get(one);
  if (known) return known;
  const inspection = await inspectCheckpoint(dirOf(one));
  if (!inspection.ok) throw new Error(inspection.reason);
  reports.set(one, inspection.report);
  return inspection.report;
}

const taskOf = (...lists: ExampleList[]) => taskOfLists(scratch, lists);

async function score(
  one: DiffusionCase,
  data: TaskData,
  ranges: readonly (readonly [number, number])[],
  options: Partial<EvaluatorOptions> = {},
): Promise<ScoredExample[]> {
  const { samples, seed } = one;
  const report = await reportOf(one);
  const pinned = { device: 'cpu', batch: 7, threads: 1 } as const;
  const evaluator = await openEvaluator({ dir: dirOf(one), report, samples, seed, ...pinned, ...options });
  try {
    const scored: ScoredExample[] = [];
    for (const [from, to] of ranges) scored.push(...(await evaluator.scoreExamples(data, from, to, { errors: true })));
    return scored;
  } finally {
    await evaluator.close();
  }
}

/**
 * How far a value may be from PyTorch's: 1e-4 of its size and 2e-5 of the noise's norm. Graphs of float16 have a wider bound, 2e-3
 * of the noise's norm, because their reference is not of float16 itself: PyTorch 1.13 has no half convolutions on the CPU, so it
 * computed in float32 with the same weights. The graph's own rounding to 11 bits, layer after layer, is in the difference.
 */
function tolerance({ half, noise_norms }: DiffusionCase, want: number): number {
  return half ? 2e-3 * noise_norms[0]! : 1e-4 * Math.abs(want) + 2e-5 * noise_norms[0]!;
}

/** The most that a value of a nested list is off, as a share of what it may be. */
function worst(one: DiffusionCase, have: Nested, want: Nested): number {
  if (typeof have === 'number' && typeof want === 'number') {
    const share = Math.abs(have - want) / tolerance(one, want);
    return Number.isFinite(share) ? share : Number.POSITIVE_INFINITY;
  }
  const [a, b] = [have, want] as [ArrayLike<Nested>, ArrayLike<Nested>];
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(b, (value, i) => worst(one, a[i]!, value)));
}
type Nested = number | ArrayLike<Nested>;

/** Where two candidates' scores are further apart than both may be off, they are in the same order. */
function sameOrder(one: DiffusionCase, have: readonly number[], want: readonly number[]): boolean {
  return want.every((a, i) =>
    want.every((b, j) => a - b <= tolerance(one, a) + tolerance(one, b) || have[i]! > have[j]!),
  );
}
function expectRankings(one: DiffusionCase, have: readonly (readonly number[])[], want: typeof have): void {
  for (const [w, row] of each(have).entries()) expect(sameOrder(one, row, want[w]!)).toBe(true);
  const [haveTexts, wantTexts] = [columns(have), columns(want)];
  for (const [i, column] of each(haveTexts).entries()) expect(sameOrder(one, column, wantTexts[i]!)).toBe(true);
}
const columns = (rows: readonly (readonly number[])[]): number[][] =>
  rows[0]!.map((_, image) => rows.map((row) => row[image]!));

describe.each(each(DIFFUSION_CASES.map((one) => [one.name, one] as const)))('%s', (_, one) => {
  it('is accepted as what it is', async () => {
    const report = await reportOf(one);
    expect(report).toMatchObject(one.facts);
    const said = [
      one.name === 'pixel-variance' ? expect.stringContaining('learned variance') : [],
      one.json['vae_encoder/config.json'] ? expect.stringContaining('draws a random sample') : [],
    ].flat();
    expect(report.warnings).toEqual(said);
  });

  it.each([1, 7, 32])('has the errors, scores and rankings that PyTorch gives, %i rows at once', async (batch) => {
    // One batch size sees every image, the others two: the shapes of batches are what matters there.
    const images = CASE_IMAGES.slice(0, batch === 7 ? CASE_IMAGES.length : 2);
    const cut = <T>(rows: readonly (readonly T[])[]) => rows.map((row) => row.slice(0, images.length));
    // From one pass come the errors that every protocol needs.
    const [scored] = await score(one, taskOf({ texts: CASE_TEXTS, images }), [[0, 1]], { batch, keep: ['gray'] });
    const errors = scored!.errors!;
    expect(worst(one, errors.cond, cut(one.errors.cond))).toBeLessThanOrEqual(1);
    expect(worst(one, errors.uncond!, one.errors.uncond.slice(0, images.length))).toBeLessThanOrEqual(1);
    expect(worst(one, errors.gray!, one.errors.gray)).toBeLessThanOrEqual(1);
    const elements = one.facts.latent.reduce((product, dim) => product * dim, 1);
    for (const protocol of REFERENCE_PROTOCOLS) {
      const have = reduceErrors(protocol, errors, elements);
      const want = cut(one.scores[protocol]);
      expect(worst(one, have, want)).toBeLessThanOrEqual(1);
      expectRankings(one, have, want);
    }
    expect(worst(one, scored!.scores, cut(one.scores['diffusion-itm']))).toBeLessThanOrEqual(1);
  });
});

describe.each(casesNamed('sdxl'))('%s under each protocol', (_, one) => {
  it.each(REFERENCE_PROTOCOLS)('has the scores that PyTorch gives: %s', async (protocol) => {
    const data = taskOf({ texts: CASE_TEXTS, images: CASE_IMAGES.slice(0, 3) });
    const [scored] = await score(one, data, [[0, 1]], { protocol });
    const want = one.scores[protocol].map((row) => row.slice(0, 3));
    expect(worst(one, scored!.scores, want)).toBeLessThanOrEqual(1);
    expectRankings(one, scored!.scores, want);
  });
});

/** Examples that share texts and images in several ways. */
const shared = () =>
  taskOf(
    { texts: [CASE_TEXTS[1]!, CASE_TEXTS[2]!], images: [CASE_IMAGES[0]!] },
    { texts: [CASE_TEXTS[3]!, CASE_TEXTS[1]!], images: [CASE_IMAGES[0]!, CASE_IMAGES[1]!] },
    { texts: [CASE_TEXTS[2]!], images: [CASE_IMAGES[2]!, CASE_IMAGES[3]!, CASE_IMAGES[4]!] },
    { texts: [CASE_TEXTS[0]!, CASE_TEXTS[3]!], images: [CASE_IMAGES[4]!] },
  );

describe.each(casesNamed('sdxl', 'pixel-variance', 'timestep-a-row', 'half-edges'))(
  '%s with batch and threads pinned',
  (_, one) => {
    it('gives the same bits however the examples are cut into slices, in whatever order', async () => {
      const data = shared();
      const n = data.examples.length;
      const whole = await score(one, data, [[0, n]]);
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.integer({ min: 1, max: n - 1 }), { minLength: 1 }),
          fc.boolean(),
          async (cuts, backwards) => {
            const bounds = [0, ...cuts.sort((a, b) => a - b), n];
            const slices = bounds.slice(1).map((to, i) => [bounds[i]!, to] as const);
            const scored = await score(one, data, backwards ? slices.reverse() : slices);
            expect(scored.sort((a, b) => a.index - b.index)).toEqual(whole);
          },
        ),
        { numRuns: 4 },
      );
    });
  },
);
