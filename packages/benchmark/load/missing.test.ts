import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { each } from '../../../test/support/each.ts';
import { folderOf, writeFiles } from '../../../test/support/folder.ts';
import { fullTree, treeOf } from '../../../test/support/official-tree.ts';
import { TASK_NAMES, type TaskName } from '../task.ts';
import { DataError, listTasks, loadTask } from './load.ts';

type Fault = 'missing' | 'empty' | 'verdict';

/** Tasks whose examples are the files of a folder: none of them can be missing. */
const OF_FOLDERS: readonly TaskName[] = ['pets', 'mmbias', 'genderbias'];

const isImage = (path: string) => /\.(jpg|png)$/i.test(path);

describe('images at fault', () => {
  it.each(TASK_NAMES)('%s: skipping keeps exactly the examples whose images are all good', async (task) => {
    const root = await folderOf(treeOf(task));
    const whole = await loadTask(root, task);
    const relative = (path: string) => path.slice(join(root, '/').length);
    const named = [...new Set(whole.examples.flatMap(({ images }) => images.map(({ path }) => relative(path))))];
    const kinds: Fault[] = OF_FOLDERS.includes(task) ? ['empty', 'verdict'] : ['missing', 'empty', 'verdict'];
    const faults = fc
      .subarray(named, { maxLength: Math.min(4, named.length) })
      .chain((paths) => fc.tuple(...paths.map((path) => fc.tuple(fc.constant(path), fc.constantFrom(...kinds)))));
    await fc.assert(
      fc.asyncProperty(faults, fc.constantFrom(undefined, 1, 2), async (chosen, limit) => {
        const of = new Map<string, Fault>(chosen);
        for (const [path, fault] of of) {
          if (fault === 'missing') await unlink(join(root, path));
          if (fault === 'empty') await writeFiles(root, { [path]: '' });
        }
        const asked: string[] = [];
        const check = async (path: string) => {
          asked.push(relative(path));
          return of.get(relative(path)) === 'verdict' ? 'is spoilt' : null;
        };
        const limits = limit === undefined ? {} : { limit };
        const kept = await loadTask(root, task, { check, skipMissing: true, ...limits }).catch((error) => error);
        const strict = await loadTask(root, task, { check, ...limits }).catch((error) => error);
        await writeFiles(root, Object.fromEntries([...of.keys()].map((path) => [path, fullTree()[path]])));

        // by brute force from the whole data
        const first = (await loadTask(root, task, limits)).examples;
        const good = first.filter(({ images }) => images.every(({ path }) => !of.has(relative(path))));
        const needed = new Set(first.flatMap(({ images }) => images.map(({ path }) => relative(path))));
        const found = [...of].filter(([path, fault]) => fault !== 'verdict' || needed.has(path));
        // each image that is there was asked for once by each of the two, others never
        const present = [...needed].filter((path) => !['missing', 'empty'].includes(of.get(path) ?? ''));
        expect([...asked].sort()).toEqual([...present, ...present].sort());

        if (found.length > 0) {
          expect(strict).toBeInstanceOf(DataError);
          for (const [path] of found) expect(strict.message).toContain(path);
        } else expect(strict).toEqual(kept);
        if (good.length === 0) {
          expect(kept).toBeInstanceOf(DataError);
          return;
        }
        expect(kept.examples).toEqual(good.map((example, index) => ({ ...example, index })));
        const those = (kind: 'missing' | 'unreadable') =>
          [...needed].filter((path) => of.has(path) && (of.get(path) === 'missing') === (kind === 'missing'));
        if (good.length === first.length) expect(kept).not.toHaveProperty('skipped');
        else
          expect(kept.skipped).toEqual({
            examples: first.length - good.length,
            missing: those('missing'),
            unreadable: those('unreadable'),
          });
        expect(kept.dataVersion === whole.dataVersion).toBe(found.length === 0);
      }),
      { numRuns: 12 },
    );
  });

  it('are told all at once: how many of how many, and the first ten by name', async () => {
    const root = await folderOf(fullTree());
    for (const i of [0, 2, 4, 6, 8]) await unlink(join(root, `flickr30k/images/${i}.jpg`));
    await writeFiles(root, { 'flickr30k/images/1.jpg': '' });
    const name = (i: number) => `flickr30k/images/${i}.jpg`;
    const check = async (path: string) => (path.endsWith('/11.jpg') ? null : 'cannot be decoded (no header)');
    const told = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => {
      if (i === 1) return `${name(i)} is empty`;
      return i % 2 === 0 ? `${name(i)} is missing` : `${name(i)} cannot be decoded (no header)`;
    });
    await expect(loadTask(root, 'flickr30k_image', { check })).rejects.toThrow(
      `flickr30k/ has 5 missing and 6 unreadable of 12 images: ${told.join(', ')}, and 1 more: put the official images there`,
    );
    await expect(loadTask(root, 'flickr30k_text', { check })).rejects.toThrow(
      'flickr30k/ has 2 unreadable of 2 images: flickr30k/images/3.jpg cannot be decoded (no header), flickr30k/images/1.jpg is empty: ',
    );
    await expect(loadTask(root, 'flickr30k_text', { check, skipMissing: true })).rejects.toThrow(
      'flickr30k/ has no example left when those with images at fault are skipped.',
    );
  });

  it('are listed with the sentence that loading fails with; an image that tasks share is decoded once', async () => {
    const root = await folderOf(fullTree());
    await unlink(join(root, 'flickr30k/images/3.jpg'));
    await writeFiles(root, { 'winoground/images/ex_7_img_0.png': '' });
    const asked: string[] = [];
    let running = 0;
    let most = 0;
    const check = async (path: string) => {
      asked.push(path);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return path.endsWith('/1.jpg') ? 'cannot be decoded' : null;
    };
    const steps: [number, number][] = [];
    const listings = await listTasks(root, { check, onChecked: (done, total) => steps.push([done, total]) });
    // of a group that no pair compares nothing is read
    const images = Object.keys(fullTree()).filter((path) => isImage(path) && !path.includes('Religion A/'));
    expect(asked).toHaveLength(images.length - 2);
    expect(new Set(asked).size).toBe(asked.length);
    expect(most).toBeLessThanOrEqual(8);
    expect(steps).toEqual(asked.map((_, i) => [i + 1, asked.length]));
    for (const { task, runnable, reason, images: counts, faulty } of each(listings)) {
      const load = loadTask(root, task, { check });
      if (runnable) expect((await load).task).toBe(task);
      else await expect(load).rejects.toThrow(reason!);
      for (const kind of ['missing', 'unreadable'] as const)
        expect(faulty.filter((one) => one.kind === kind)).toHaveLength(counts[kind]);
    }
    const text = listings.find(({ task }) => task === 'flickr30k_text')!;
    expect(text.images).toEqual({ named: 2, missing: 1, unreadable: 1 });
    expect(text.faulty).toEqual([
      { path: 'flickr30k/images/3.jpg', kind: 'missing', fault: 'is missing' },
      { path: 'flickr30k/images/1.jpg', kind: 'unreadable', fault: 'cannot be decoded' },
    ]);
  });

  it('a check that throws ends the load', async () => {
    const root = await folderOf(treeOf('clevr'));
    const stop = new Error('interrupted');
    await expect(loadTask(root, 'clevr', { check: () => Promise.reject(stop) })).rejects.toBe(stop);
  });
});
