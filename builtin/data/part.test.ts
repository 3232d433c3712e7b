import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadTask } from '@gdbench/benchmark/load';
import type { TaskName } from '@gdbench/benchmark/task';
import { beforeEach, expect, it } from 'vitest';
import { newFolder } from '../../test/support/folder.ts';
import { isComplete } from './build.ts';
import type { Progress } from './draw-set.ts';
import { buildPart } from './part.ts';
import { DATA_VERSIONS } from './version.ts';

let root: string;
beforeEach(() => {
  root = path.join(newFolder(), 'set');
});

/** Builds the part and counts the pictures that were drawn for it. */
async function drawn(...tasks: TaskName[]): Promise<number> {
  let last: Progress = { done: 0, total: 0 };
  await buildPart(root, tasks, (progress) => {
    last = progress;
  });
  expect(last.done).toBe(last.total);
  return last.total;
}

const imagesBelow = async (folder: string) =>
  (await readdir(path.join(root, folder), { recursive: true })).filter((file) => /\.(png|jpg)$/.test(file));

it('draws for a task what it shows and nothing else, and the task has the version that the whole set gives it', async () => {
  // the two of imagecode share a folder and its texts; each shows images of its own
  expect(await drawn('imagecode_video')).toBe(250);
  expect(await imagesBelow('imagecode')).toHaveLength(250);
  expect(await readdir(root)).toEqual(['imagecode', 'manifest.json']);
  const { dataVersion, examples } = await loadTask(root, 'imagecode_video');
  expect([dataVersion, examples.length]).toEqual([DATA_VERSIONS.imagecode_video, 100]);
  expect(await isComplete(root)).toBe(false);
}, 300_000);

it('draws what further tasks need besides, each once, and again only what has gone', async () => {
  expect(await drawn('pets', 'mmbias')).toBe(37 * 3 + 48);
  expect(await drawn('mmbias', 'pets', 'genderbias')).toBe(72);
  expect(await drawn('pets', 'genderbias', 'mmbias')).toBe(0);
  expect(await drawn('coco_order')).toBe(100);
  const [lost] = await imagesBelow('pets');
  await rm(path.join(root, 'pets', lost!));
  await writeFile(path.join(root, 'pets/images/of_another_state_0.png'), 'of another state');
  expect(await drawn('pets')).toBe(37 * 3);
  for (const task of ['pets', 'mmbias', 'genderbias', 'coco_order'] as const)
    expect((await loadTask(root, task)).dataVersion).toBe(DATA_VERSIONS[task]);
}, 300_000);

it('may draw into a folder that another draws into at the same time', async () => {
  expect(await Promise.all([drawn('mmbias', 'genderbias'), drawn('genderbias', 'coco_order')])).toEqual([
    48 + 72,
    72 + 100,
  ]);
  for (const task of ['mmbias', 'genderbias', 'coco_order'] as const)
    expect((await loadTask(root, task)).dataVersion).toBe(DATA_VERSIONS[task]);
  expect((await readdir(path.dirname(root))).sort()).toEqual(['set', 'set.parts']);
});

it('draws again what another state of this version has left, and leaves a folder of others alone', async () => {
  await drawn('coco_order');
  const mark = path.join(`${root}.parts`, 'coco_order.json');
  await writeFile(mark, JSON.stringify({ ...JSON.parse(await readFile(mark, 'utf8')), set: '0'.repeat(64) }));
  expect(await drawn('coco_order')).toBe(100);
  const other = newFolder();
  await writeFile(path.join(other, 'letter.txt'), 'mine');
  await expect(buildPart(other, ['pets'])).rejects.toThrow(/is not empty and holds no built-in data set/);
  expect([await readdir(other), existsSync(`${other}.parts`)]).toEqual([['letter.txt'], false]);
}, 300_000);
