import { readFileSync } from 'node:fs';
import { EDITIONS } from '@gdbench/benchmark/known-editions';
import { listTasks } from '@gdbench/benchmark/load';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { describe, expect, it } from 'vitest';

/** A folder with the official metadata; images may lack. */
const official = process.env.GDBENCH_OFFICIAL;

const page = readFileSync('docs/official-data.md', 'utf8');
const cells = (line: string) => line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
/** Task, examples and images of each row of the table of counts that gives figures. */
const counted = page
  .split('\n')
  .map(cells)
  .flatMap(([, task, examples, images]) => {
    const figures = [examples, images].map((cell) => Number(cell?.replaceAll(',', '') || Number.NaN));
    return task && figures.every(Number.isInteger) ? [[task, ...figures]] : [];
  });

it('the page on the official data names every task', () => {
  for (const task of TASK_NAMES) expect(page).toMatch(new RegExp(`\\b${task}\\b`));
  expect(counted).toHaveLength(6);
});

it('its counts of examples are those by which data are judged', () => {
  const official = EDITIONS.find(({ name }) => name === 'official')!;
  const [table = ''] = page.slice(page.indexOf('## Layout and counts')).split('### ');
  const examples = new Map(
    table
      .split('\n')
      .map(cells)
      .map(([, task, count]) => [task, count]),
  );
  for (const task of TASK_NAMES) {
    const stated = examples.get(task.startsWith('svo_') ? 'svo_*' : task);
    expect([task, stated]).toEqual([task, official.tasks[task]?.examples.toLocaleString('en') ?? '(note)']);
  }
});

describe.skipIf(!official)('with GDBENCH_OFFICIAL', () => {
  it('its counts are those of the loaders', async () => {
    const listed = new Map((await listTasks(official!)).map((listing) => [listing.task as string, listing]));
    expect(counted).toEqual(
      counted.map(([task]) => {
        const { examples, images } = listed.get(`${task}`)!;
        return [task, examples, images.named];
      }),
    );
  });
});
