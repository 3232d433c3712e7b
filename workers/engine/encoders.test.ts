import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { each } from '../../test/support/each.ts';
import { type ExampleList, taskOfLists } from '../../test/support/example-lists.ts';
import { newFolder } from '../../test/support/folder.ts';
import { type Evaluator, openEvaluator } from './evaluate.ts';
import { inspectCheckpoint } from './inspect.ts';

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly json: Readonly<Record<string, object>>;
  readonly facts: object;
  readonly half?: boolean;
  readonly scores: readonly (readonly number[])[];
}

const REFERENCE = fileURLToPath(new URL('../../test/reference', import.meta.url));
const [{ images, texts, cases: plain }, { cases: layouts }] = ['encoders', 'layouts'].map((folder) =>
  JSON.parse(readFileSync(path.join(REFERENCE, folder, 'cases.json'), 'utf8')),
) as [{ images: string[]; texts: string[]; cases: Case[] }, { cases: Case[] }];
const cases = [...plain, ...layouts];
const PATHS = images.map((image) => path.join(REFERENCE, 'images', image));

const scratch = newFolder();
const opened: Evaluator[] = [];
afterAll(async () => {
  for (const evaluator of opened) await evaluator.close();
});

/** The folder of a case's checkpoint. */
function checkpoint({ name, files, json }: Case): string {
  const dir = path.join(scratch, String(cases.findIndex((one) => one.name === name)));
  if (existsSync(dir)) return dir;
  const put = (file: string) => {
    mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
    return path.join(dir, file);
  };
  for (const [file, from] of Object.entries(files)) cpSync(path.join(REFERENCE, from), put(file));
  for (const [file, content] of Object.entries(json)) writeFileSync(put(file), JSON.stringify(content));
  return dir;
}

const reports = new Map<string, InspectionReport>();
async function reportOf(dir: string): Promise<InspectionReport> {
  const inspection = reports.has(dir) ? undefined : await inspectCheckpoint(dir);
  if (inspection?.ok === false) throw new Error(inspection.reason);
  if (inspection) reports.set(dir, inspection.report);
  return reports.get(dir)!;
}

async function open(dir: string, batch: number): Promise<Evaluator> {
  const evaluator = await openEvaluator({
    dir,
    report: await reportOf(dir),
    samples: 10,
    seed: 0,
    batch,
    threads: 1,
  });
  opened.push(evaluator);
  return evaluator;
}

const taskOf = (...lists: ExampleList[]) => taskOfLists(scratch, lists);

/**
 * How far a score may be from PyTorch's: 1e-4 of its size and 2e-5. The graphs of the half cases have float16 at their edges and
 * float32 inside (PyTorch 1.13 has no half convolutions on the CPU, so it could give no reference for others), and the reference
 * rounds at the same edges: mostly both have the same bits. Where sums in another order round to the other neighbour of 11 bits, a
 * logit from 2 to 4 moves by 2e-3, and a score is of two logits: hence 4e-3.
 */
const bound = (size: number, half = false): number => (half ? 4e-3 : 1e-4) * Math.abs(size) + (half ? 4e-3 : 2e-5);

/** Every pair's score within the bound, and every two scores that lie further apart than both bounds in the same order. */
function agree(have: readonly number[], want: readonly number[], half?: boolean): void {
  for (const [i, score] of each(want).entries()) {
    expect(Math.abs(have[i]! - score)).toBeLessThanOrEqual(bound(score, half));
    for (const [j, other] of each(want).entries()) {
      if (score - other > bound(score, half) + bound(other, half)) expect(have[i]).toBeGreaterThan(have[j]!);
    }
  }
}

describe.each(each(cases))('$name', (checked) => {
  const whole = taskOf({ texts, images: PATHS });

  it('is what its files say', async () => {
    expect(await reportOf(checkpoint(checked))).toMatchObject({ ...checked.facts, warnings: [] });
  });

  it.each([1, 7, 32])('has the scores that PyTorch gives, %i rows at once', async (batch) => {
    const evaluator = await open(checkpoint(checked), batch);
    const [scored] = await evaluator.scoreExamples(whole, 0, 1);
    agree(scored!.scores.flat(), checked.scores.flat(), checked.half);
  });

  it('gives the same bits however the examples are cut into shards, in whatever order', async () => {
    const data = taskOf(
      { texts: texts.slice(1, 3), images: PATHS.slice(0, 1) },
      { texts: texts.slice(2, 4), images: PATHS.slice(0, 2) },
      { texts: texts.slice(4, 5), images: PATHS.slice(2, 8) },
      { texts: texts.slice(3, 8), images: PATHS.slice(5, 6) },
      { texts: texts.slice(1, 2), images: PATHS.slice(4, 5) },
    );
    const n = data.examples.length;
    const dir = checkpoint(checked);
    const all = await (await open(dir, 3)).scoreExamples(data, 0, n);
    const evaluator = await open(dir, 3);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: n - 1 })), fc.boolean(), async (cuts, backwards) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), n];
        const shards = bounds.slice(1).map((to, i) => [bounds[i]!, to] as const);
        for (const [from, to] of each(backwards ? shards.reverse() : shards))
          expect(await evaluator.scoreExamples(data, from, to)).toEqual(all.slice(from, to));
      }),
      { numRuns: 4 },
    );
  });
});

describe('a matching head', () => {
  it('runs a row a pair, of distinct texts and images', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-blip'), 4);
    await evaluator.scoreExamples(
      taskOf(
        { texts: texts.slice(1, 4), images: PATHS.slice(0, 2) },
        { texts: [texts[1]!, texts[1]!], images: [PATHS[0]!] },
      ),
      0,
      2,
    );
    expect(evaluator.rowsScored).toBe(3 * 2 + 1);
  });

  it('names an image that cannot be read, and goes on with the next example', async () => {
    const evaluator = await open(path.join(REFERENCE, 'odd-blip'), 1);
    const gone = path.join(scratch, 'gone.png');
    const data = taskOf(
      { texts: texts.slice(1, 2), images: [PATHS[0]!, PATHS[1]!, gone] },
      { texts: texts.slice(1, 2), images: [PATHS[0]!] },
    );
    await expect(evaluator.scoreExamples(data, 0, 1)).rejects.toThrow(/^The image gone.png cannot be read/);
    expect(await evaluator.scoreExamples(data, 1, 2)).toHaveLength(1);
  });

  it('is scored by no other protocol', async () => {
    const dir = path.join(REFERENCE, 'odd-blip');
    await expect(
      openEvaluator({ dir, report: await reportOf(dir), samples: 10, seed: 0, protocol: 'cosine' }),
    ).rejects.toThrow(
      /^The folder holds a matching-head checkpoint, which the protocol cosine does not fit, .*; use matching/,
    );
  });
});
