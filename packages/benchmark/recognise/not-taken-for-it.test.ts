import { mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf } from '../../../test/support/folder.ts';
import { fullTree, treeOf } from '../../../test/support/official-tree.ts';
import { moved, reason } from '../../../test/support/task-listing.ts';
import { DataError, loadTask, taskFolder } from '../load/load.ts';
import { TASK_NAMES } from '../task.ts';

const prepare = (tasks: string) => `run \`npx gdbench data prepare ROOT --into ROOT-prepared --task ${tasks}\``;

describe('what lies there and is not meant', () => {
  const rows = fullTree()['winoground/data.json'] as object[];
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');

  it('where a frame is missing, neither other texts nor an archive that was unpacked stand for it', async () => {
    const tree = moved('imagecode_video', (path) => (path.endsWith('img4.jpg') ? null : path), {
      'imagecode/image-sets.zip': 'PK',
      'imagecode/train_data.json': {},
      'imagecode/test_data.json': {},
      'imagecode/backup/valid_data.json': {},
      'imagecode/image-sets/open-images-1/img4.jpg': 'of another set',
      'elsewhere/MSR-VTT_c/img4.jpg': 'of another set',
    });
    expect(await reason(tree, 'imagecode_video')).toMatch(
      /image-sets\/MSR-VTT_b\/img4\.jpg is missing: put the official images there, or skip the examples that need them\.$/,
    );
    const there = { ...tree, 'elsewhere/MSR-VTT_b/img4.jpg': 'the frame' };
    expect(await reason(there, 'imagecode_video')).toContain(
      `1 of them lies in elsewhere/; ${prepare('imagecode,imagecode_video')}`,
    );
  });

  it("a folder's link that leads back, and a link to nowhere, stand for nothing", async () => {
    const root = await folderOf(moved('winoground', (path) => (path.endsWith('ex_3_img_0.png') ? null : path)));
    await symlink('.', join(root, 'loop'));
    await symlink('nowhere.png', join(root, 'winoground/ex_3_img_0.png'));
    const error = await loadTask(root, 'winoground').catch((one) => one);
    expect(error.message).toContain('is missing: put the official images there');
  });

  it('a file where a folder is expected, and a folder where a file is, are told as such', async () => {
    expect(await reason({ winoground: 'x' }, 'winoground')).toBe(
      'winoground is a file, where a folder is expected: put the official folder in its place.',
    );
    expect(await reason({ 'pets/classes.txt': 'pug\nbombay\n', 'pets/images': 'x' }, 'pets')).toBe(
      'pets/images is not a folder: put the official folder in its place.',
    );
    expect(await reason({ 'winoground/data.json/x': 'x' }, 'winoground')).toBe(
      'winoground/data.json is not a file: replace it by the official file.',
    );
  });

  it('where images of Winoground are missing, its texts in another form do not stand for them', async () => {
    const tree = moved('winoground', (path) => (path.endsWith('_0.png') ? null : path), {
      'winoground/examples.jsonl': lines,
    });
    expect(await reason(tree, 'winoground')).toContain('is missing: put the official images there');
  });

  it('images of another set that have the same names are other images', async () => {
    const tree = { ...fullTree(), 'flickr30k/images/3.jpg': '' };
    const { 'flickr30k/images/1.jpg': _, ...rest } = tree as Files;
    const sentence = await reason(rest, 'flickr30k_text');
    expect(sentence).toContain('1 missing and 1 unreadable of 2 images');
    expect(sentence).not.toContain('svo/');
  });

  it('what is nested, re-cased or renamed gives the same examples or a sentence that names where it lies', async () => {
    const changes = {
      nested: async (root: string, folder: string) => {
        const images = join(root, folder, 'images');
        await rename(images, `${images}-before`);
        await mkdir(images);
        await rename(`${images}-before`, join(images, 'images'));
        return `${folder}/images/images/`;
      },
      below: async (root: string, folder: string) => {
        await mkdir(join(root, 'data'));
        await rename(join(root, folder), join(root, 'data', folder));
        return `data/${folder}/`;
      },
      recased: async (root: string, folder: string) => {
        await rename(join(root, folder), join(root, folder.toUpperCase()));
        return `${folder.toUpperCase()}/`;
      },
    };
    const tasks = TASK_NAMES.filter((task) => !['genderbias', 'mmbias', 'imagecode', 'imagecode_video'].includes(task));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tasks), fc.constantFrom(...Object.keys(changes)), async (task, how) => {
        const folder = taskFolder(task);
        if (how === 'nested' && ['coco_order', 'flickr30k_order', 'pets'].includes(folder)) return;
        const root = await folderOf(treeOf(task));
        const before = await loadTask(root, task);
        const place = await changes[how as keyof typeof changes](root, folder);
        const after = await loadTask(root, task).catch((error) => error);
        // a file system that knows no letter case changes nothing
        if (!(after instanceof DataError)) expect(after).toEqual(before);
        else expect(after.message).toContain(place);
      }),
      { numRuns: 40 },
    );
  });
});
