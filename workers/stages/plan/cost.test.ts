import type { Example, TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { planTask, type Spending } from './cost.ts';

const example = fc.record({
  texts: fc.array(fc.constantFrom('a cat', 'a dog', 'a red ball', 'a blue ball'), { minLength: 1, maxLength: 6 }),
  images: fc.array(fc.constantFrom('1.png', '2.png', '3.png', '4.png'), { minLength: 1, maxLength: 4 }),
});
const tasks = fc
  .array(fc.array(example, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 3 })
  .map((lists) =>
    lists.map(
      (list, n): TaskData => ({
        task: (['clevr', 'winoground', 'mmbias'] as const)[n] ?? 'clevr',
        root: '/data',
        dataVersion: `v${n}`,
        examples: list.map(({ texts, images }, index) => ({
          index,
          id: `${n}/${index}`,
          texts,
          images: images.map((path) => ({ path })),
          cluster: images[0] ?? '',
        })),
      }),
    ),
  );
const spending = fc.oneof(
  fc.record({
    kind: fc.constant('diffusion' as const),
    samples: fc.integer({ min: 1, max: 300 }),
    images: fc.boolean(),
    texts: fc.boolean(),
  }),
  fc.constant({ kind: 'dual-encoder' as const }),
  fc.constant({ kind: 'matching-head' as const }),
);

/** Model rows that a plain reading of the protocols needs for a task's examples. */
function rows(examples: readonly Example[], how: Spending): number {
  const pairs = examples.reduce((sum, { texts, images }) => sum + texts.length * images.length, 0);
  const images = new Set(examples.flatMap((one) => one.images.map(({ path }) => path))).size;
  const texts = new Set(examples.flatMap((one) => one.texts)).size;
  if (how.kind === 'diffusion')
    return how.samples * pairs + (how.images ? how.samples * images : 0) + (how.texts ? how.samples * texts : 0);
  return how.kind === 'matching-head' ? pairs : images + texts;
}

test('a task is planned with all of its examples and the cost of their rows', () => {
  fc.assert(
    fc.property(tasks, spending, (data, how) => {
      for (const one of each(data))
        expect(planTask(one, how)).toEqual({
          task: one.task,
          dataVersion: one.dataVersion,
          examples: one.examples.length,
          cost: rows(one.examples, how),
        });
    }),
  );
});

test('two boxes of one file are two images', () => {
  const box = (x: number) => ({ path: 'a.png', crop: { x, y: 0, width: 8, height: 8 } });
  const one = { index: 0, id: 'e', texts: ['t'], images: [box(0), box(8), box(0)], cluster: 'a' };
  const data: TaskData = { task: 'svo_verb', root: '/', dataVersion: 'v', examples: [one] };
  expect(planTask(data, { kind: 'dual-encoder' }).cost).toBe(3);
});
