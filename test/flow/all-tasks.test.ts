import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadTask } from '@gdbench/benchmark/load';
import { type Example, TASK_NAMES } from '@gdbench/benchmark/task';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../support/command.ts';
import { each } from '../support/each.ts';
import { newFolder, writeFiles } from '../support/folder.ts';
import { fullTree } from '../support/official-tree.ts';
import { tinyClip } from '../support/tiny-clip.ts';

const scratch = newFolder();
beforeAll(async () => {
  await writeFiles(join(scratch, 'data'), fullTree());
  const images = Object.keys(fullTree()).filter((path) => /\.(jpg|png)$/i.test(path));
  for (const [seed, path] of images.entries()) await writeFile(join(scratch, 'data', path), await patches(seed));
  await writeFiles(join(scratch, 'clip'), tinyClip());
});

/** A picture whose parts differ, and from those of other seeds. */
function patches(seed: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * i * 7 + seed * 31 + i * (seed % 5) * 13) % 256);
  return sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
    .resize(64, 64, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

test('what data verify calls ready is scored, all sixteen tasks, each against its right candidate', async () => {
  const data = join(scratch, 'data');
  const verified = await gdbench(['data', 'verify', data, '--json']).ended;
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  const listed: Record<string, { runnable: boolean; examples: number }> = JSON.parse(verified.stdout).tasks;
  expect(each(Object.values(listed)).every(({ runnable }) => runnable)).toBe(true);

  const out = join(scratch, 'out');
  const scored = await gdbench(['evaluate', join(scratch, 'clip'), '--data', data, '--out', out, '--json']).ended;
  expect([scored.code, scored.stderr]).toEqual([0, '']);
  const results = JSON.parse(scored.stdout);
  // a few examples of each are parts of the official data
  expect(results.rankable).toBe(false);
  expect(Object.keys(results.tasks)).toEqual(TASK_NAMES);
  for (const task of TASK_NAMES) {
    const { n, dataVersion, metrics } = results.tasks[task];
    const { examples, ...loaded } = await loadTask(data, task);
    expect([task, n, dataVersion]).toEqual([task, listed[task]!.examples, loaded.dataVersion]);
    const lines = (await readFile(join(out, 'scores', `${task}.jsonl`), 'utf8')).trimEnd().split('\n');
    const scores: { example: string; scores: number[][] }[] = lines.map((line) => JSON.parse(line));
    expect(scores.map(({ example }) => example)).toEqual(examples.map(({ id }) => id));
    for (const [i, { texts, images }] of each(examples).entries()) {
      expect(scores[i]!.scores).toHaveLength(texts.length);
      for (const row of each(scores[i]!.scores)) expect(row).toHaveLength(images.length);
    }
    const first = metrics.accuracy ?? metrics.r1;
    if (first !== undefined) {
      const credits = examples.map((example, i) => creditOf(example, scores[i]!.scores.flat()));
      expect(first).toBeCloseTo(credits.reduce((sum, credit) => sum + credit, 0) / n, 12);
    }
  }
});

/** 1/m where the right candidate is one of m that share the maximum. */
function creditOf({ right = 0 }: Example, scores: readonly number[]): number {
  const best = Math.max(...scores);
  return scores[right] === best ? 1 / scores.filter((score) => score === best).length : 0;
}
