import type { Example, TaskData } from '@gdbench/benchmark/task';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { planShards, rowsOfShard, type Spending } from './plan.ts';

const example = fc.record({
  texts: fc.array(fc.constantFrom('a cat', 'a dog', 'a red ball', 'a blue ball'), { minLength: 1, maxLength: 6 }),
  images: fc.array(fc.constantFrom('1.png', '2.png', '3.png', '4.png'), { minLength: 1, maxLength: 4 }),
});
const tasks = fc.array(fc.array(example, { maxLength: 60 }), { minLength: 1, maxLength: 3 }).map((lists) =>
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
const shardRows = fc.integer({ min: 1, max: 5_000 });

/** Model rows that a plain reading of the protocols needs for a shard's examples. */
function rows(examples: readonly Example[], how: Spending): number {
  const pairs = examples.reduce((sum, { texts, images }) => sum + texts.length * images.length, 0);
  const images = new Set(examples.flatMap((one) => one.images.map(({ path }) => path))).size;
  const texts = new Set(examples.flatMap((one) => one.texts)).size;
  if (how.kind === 'diffusion')
    return how.samples * pairs + (how.images ? how.samples * images : 0) + (how.texts ? how.samples * texts : 0);
  return how.kind === 'matching-head' ? pairs : images + texts;
}

test('every example is in exactly one shard, in order, with the cost of its rows', () => {
  fc.assert(
    fc.property(tasks, spending, shardRows, (data, how, limit) => {
      const plan = planShards(data, how, limit);
      expect(plan.map(({ task }) => task)).toEqual(data.map(({ task }) => task));
      for (const [n, { shards, examples }] of each(plan).entries()) {
        const list = data[n]?.examples ?? [];
        expect(examples).toBe(list.length);
        expect(shards.flatMap(({ from, to }) => list.slice(from, to))).toEqual(list);
        for (const { from, to, cost } of shards) {
          expect(to).toBeGreaterThan(from);
          expect(cost).toBe(rows(list.slice(from, to), how));
        }
      }
    }),
  );
});

test('a shard keeps to its limit unless it is one example, and no shard could have taken the next example too', () => {
  fc.assert(
    fc.property(tasks, spending, shardRows, (data, how, limit) => {
      let position = 0;
      for (const [n, { shards }] of each(planShards(data, how, limit)).entries())
        for (const { from, to, cost } of shards) {
          const most = rowsOfShard(position, limit);
          position += 1;
          expect(to - from === 1 || cost <= most).toBe(true);
          const list = data[n]?.examples ?? [];
          if (to < list.length) expect(rows(list.slice(from, to + 1), how)).toBeGreaterThan(most);
        }
    }),
  );
});

test('the limit grows to its full size and stays there', () => {
  const limits = Array.from({ length: 12 }, (_, position) => rowsOfShard(position, 800));
  expect(limits.slice(0, 5)).toEqual([100, 200, 400, 800, 800]);
  expect(limits.at(-1)).toBe(800);
});

test('two boxes of one file are two images', () => {
  const box = (x: number) => ({ path: 'a.png', crop: { x, y: 0, width: 8, height: 8 } });
  const one = { index: 0, id: 'e', texts: ['t'], images: [box(0), box(8), box(0)], cluster: 'a' };
  const data: TaskData = { task: 'svo_verb', root: '/', dataVersion: 'v', examples: [one] };
  expect(planShards([data], { kind: 'dual-encoder' })[0]?.shards).toEqual([{ from: 0, to: 1, cost: 3 }]);
});
