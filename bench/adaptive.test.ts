import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Example, imageKey } from '@gdbench/benchmark/task';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import type { Evaluator, SampleErrors } from '@gdbench/workers/engine/evaluate';
import { beforeAll, describe, expect, it } from 'vitest';
import { each } from '../test/support/each.ts';
import { flatSquare } from '../test/support/flat-images.ts';
import { newFolder } from '../test/support/folder.ts';
import { writeTinyData } from '../test/support/tiny-data.ts';
import { benchAdaptive, describeAdaptive } from './adaptive.ts';
import { racedTasks } from './adaptive-tasks.ts';

const COUNT = 98;
/** Images that are each looked for once, among all ten. */
const IMAGES = Array.from({ length: 10 }, (_, i) => `flickr30k/images/${i}.png`);

/** Five captions an image, of which the task asks the first. */
function listsOfTen(): Record<string, string[]> {
  const entries = IMAGES.flatMap((right, i) => {
    const names = [right, ...IMAGES.filter((name) => name !== right)];
    return [0, 1, 2, 3, 4].map((k): [string, string[]] => [`caption ${k} of image ${i}`, names]);
  });
  return Object.fromEntries(entries);
}

const root = newFolder();
beforeAll(async () => {
  await writeTinyData(root);
  await mkdir(path.join(root, 'flickr30k'));
  const lists = JSON.stringify(listsOfTen());
  await writeFile(path.join(root, 'flickr30k/val_top10_RN50x64.json'), lists);
  for (const name of IMAGES) await flatSquare(path.join(root, name), IMAGES.indexOf(name), 40);
});

/** Errors of a pretended model: the noise is the image's and the sample's, `behind` is what a pair adds. */
function pretended(behind: (text: number, image: number, example: Example, k: number) => number): Evaluator {
  const noise = (image: string, k: number) => 30 + ((image.length * 31 + k * 17) % 13);
  const errorsOf = (example: Example): SampleErrors => {
    const rows = example.images.map((image) =>
      Float32Array.from({ length: COUNT }, (_, k) => noise(imageKey(image), k)),
    );
    const cond = example.texts.map((_, text) =>
      rows.map((row, image) => row.map((value, k) => value + behind(text, image, example, k))),
    );
    return { cond, uncond: rows };
  };
  const evaluator: Pick<Evaluator, 'protocol' | 'scoreExamples'> = {
    protocol: 'diffusion-itm',
    async scoreExamples(data, from, to) {
      return data.examples.slice(from, to).map((example) => {
        const errors = errorsOf(example);
        const mean = (row: Float32Array) => row.reduce((a, b) => a + b, 0) / row.length;
        const scores = errors.cond.map((row) => row.map((pair, image) => mean(errors.uncond![image]!) - mean(pair)));
        return { index: example.index, example: example.id, scores, errors };
      });
    },
  };
  return evaluator as Evaluator;
}

const isRight = (text: number, image: number, { texts, images, right = 0 }: Example) => {
  if (texts.length > 1 && images.length > 1) return text === image;
  return (images.length > 1 ? image : text) === right;
};

describe('racedTasks', () => {
  it('gives every task that the root serves, one example of each subtask before the second of any', async () => {
    const tasks = await racedTasks(root);
    expect(tasks.map(({ task }) => task).sort()).toEqual(['clevr', 'flickr30k_image', 'winoground']);
    const { examples } = tasks.find(({ task }) => task === 'clevr')!;
    const groups = examples.map(({ group }) => group!);
    expect(groups).toHaveLength(3 * CLEVR_SUBTASKS.length);
    for (let from = 0; from < groups.length; from += CLEVR_SUBTASKS.length) {
      expect(groups.slice(from, from + CLEVR_SUBTASKS.length).sort()).toEqual([...CLEVR_SUBTASKS].sort());
    }
  });
});

describe('benchAdaptive', () => {
  it('counts what a race of clear winners saves', async () => {
    const evaluator = pretended((text, image, example, k) => (isRight(text, image, example) ? 0 : 5) + (k % 3) / 10);
    const bench = await benchAdaptive({ evaluator, root, seconds: 60 });
    expect(bench.agreement).toBe(1);
    // All of them are decided at the first look; the images' empty texts are drawn once for ten examples.
    expect(bench.rowsSaved).toBeCloseTo(COUNT / 12, 10);
    expect(bench.rowsSavedOnPairs).toBeCloseTo(COUNT / 12, 10);
    const images = bench.tasks.find(({ name }) => name === 'flickr30k_image')!;
    expect(images.exactRows).toBe((10 * 10 + 10) * COUNT);
    expect(images.metric.value).toBe(1);
    expect(describeAdaptive(bench)).toMatch(
      /same winner 100.0% .* 8.17 times fewer \(4 wanted\).* 8.17 times fewer \(2/,
    );
  });

  it('counts no rows of tasks at chance, but agreement of all', async () => {
    const evaluator = pretended(() => 0);
    const bench = await benchAdaptive({ evaluator, root, seconds: 60 });
    const counted = bench.tasks.filter(({ counted }) => counted);
    // Of a constant model only winoground, whose comparisons are strict, can differ from chance.
    expect(counted.every(({ name }) => name === 'winoground')).toBe(true);
    expect(bench.rowsSaved).toBeNull();
    expect(bench.agreement).toBe(1);
    expect(each(bench.tasks).every(({ exactRows, adaptiveRows }) => adaptiveRows === exactRows)).toBe(true);
  });

  it('sees a winner that is another', async () => {
    // The first samples of the race say that the right one is worse, the others that it is better.
    const late = new Set([0, 60, 23, 83, 46, 9, 69, 32, 92, 55, 18, 78]);
    const evaluator = pretended((text, image, example, k) => {
      const gap = late.has(k) ? -5 - (k % 2) : 2;
      return isRight(text, image, example) ? 0 : gap;
    });
    const bench = await benchAdaptive({ evaluator, root, seconds: 60 });
    expect(bench.agreement).toBeLessThan(1);
  });
});
