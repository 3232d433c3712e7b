import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../../../test/support/command.ts';
import { each } from '../../../test/support/each.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = newFolder();
const at = (...names: string[]) => path.join(scratch, ...names);
const verify = (...words: string[]) => gdbench(['data', 'verify', ...words]).ended;

/**
 * clevr is whole; winoground lacks an image and has one that is cut short and one that is text; pets has one JPEG that is cut short,
 * twelve that are empty, and one that is good.
 */
beforeAll(async () => {
  await writeTinyData(at('data'));
  const image = (name: string) => at('data/winoground/images', name);
  await unlink(image('ex_0_img_1.png'));
  await writeFile(image('ex_1_img_0.png'), (await readFile(image('ex_1_img_0.png'))).subarray(0, -20));
  await writeFile(image('ex_2_img_0.png'), 'this is no image');
  const noise = { create: { width: 64, height: 64, channels: 3, background: 'teal' } } as const;
  const photograph = await sharp(noise).jpeg().toBuffer();
  await mkdir(at('data/pets/images'), { recursive: true });
  await writeFile(at('data/pets/classes.txt'), 'pug\nbombay\n');
  await writeFile(at('data/pets/images/Bombay_1.jpg'), photograph);
  await writeFile(at('data/pets/images/Bombay_2.jpg'), photograph.subarray(0, -photograph.length / 4));
  for (let i = 10; i < 22; i++) await writeFile(at('data/pets/images', `pug_${i}.jpg`), '');
});

test('--json counts what each task has, lacks and cannot read, and exits with 0', async () => {
  const { code, stderr, stdout } = await verify(at('data'), '--json');
  expect([code, stderr]).toEqual([0, '']);
  const { root, tasks } = JSON.parse(stdout);
  expect(root).toBe(at('data'));
  expect(Object.keys(tasks)).toEqual(TASK_NAMES);
  expect(tasks.clevr).toMatchObject({
    examples: 21,
    subtasks: Object.fromEntries(CLEVR_SUBTASKS.map((subtask) => [subtask, 3])),
    images: { named: 3, missing: 0, unreadable: 0 },
    faulty: [],
    runnable: true,
    reason: null,
  });
  expect(tasks.winoground).toMatchObject({
    examples: 3,
    subtasks: {},
    images: { named: 6, missing: 1, unreadable: 2 },
    faulty: [
      { path: 'winoground/images/ex_0_img_1.png', kind: 'missing', fault: 'is missing' },
      {
        path: 'winoground/images/ex_1_img_0.png',
        kind: 'unreadable',
        fault: expect.stringMatching(/^cannot be decoded/),
      },
      {
        path: 'winoground/images/ex_2_img_0.png',
        kind: 'unreadable',
        fault: expect.stringMatching(/^cannot be decoded/),
      },
    ],
    runnable: false,
    reason: expect.stringMatching(
      /^winoground\/ has 1 missing and 2 unreadable of 6 images: winoground\/images\/ex_0_img_1\.png is missing, /,
    ),
  });
  expect(tasks.pets).toMatchObject({ examples: 14, images: { named: 14, missing: 0, unreadable: 13 } });
  expect(tasks.pets.faulty).toHaveLength(13);
  expect(tasks.imagecode).toMatchObject({
    examples: 0,
    subtasks: {},
    images: { named: 0, missing: 0, unreadable: 0 },
    faulty: [],
    runnable: false,
    absent: true,
    reason: 'imagecode/ is not a folder of the data root: put the official files there.',
  });
});

test('without it, a table, then the first ten images at fault of each task, and how many more', async () => {
  const { code, stdout } = await verify(at('data'));
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  const row = (task: string) => lines.find((line) => line.startsWith(`${task} `))?.split(/ {2,}/);
  expect(row('clevr')).toEqual(['clevr', 'ready', '21', '3', '0', '0', 'part, 21 of 8,036']);
  expect(row('winoground')).toEqual(['winoground', 'not ready', '3', '6', '1', '2']);
  const winoground = lines.indexOf('winoground: these images cannot be used');
  expect(lines[winoground + 1]).toBe('  winoground/images/ex_0_img_1.png is missing');
  expect(lines[winoground + 2]).toMatch(/^ {2}winoground\/images\/ex_1_img_0\.png cannot be decoded \(.+\)$/);
  expect(lines[winoground + 3]).toMatch(/^ {2}winoground\/images\/ex_2_img_0\.png cannot be decoded \(.+\)$/);
  const pets = lines.indexOf('pets: these images cannot be used');
  expect(lines[pets + 1]).toMatch(/^ {2}pets\/images\/Bombay_2\.jpg cannot be decoded \(.+\)$/);
  expect(lines.slice(pets + 2, pets + 11)).toEqual(
    Array.from({ length: 9 }, (_, i) => `  pets/images/pug_${i + 10}.jpg is empty`),
  );
  expect(lines[pets + 11]).toBe('  and 3 more, which --json names');
  const absent = TASK_NAMES.filter((task) => !['clevr', 'winoground', 'pets'].includes(task));
  expect(lines).toContain(
    `Nothing is there of ${absent.join(', ')}: put their official files there, or make them of downloads: \`npx gdbench data prepare FROM... --into ${at('data')}\`.`,
  );
  for (const task of each(absent)) expect(row(task)).toBeUndefined();
});

test.concurrent.for([
  ['a root that is not there', () => ['verify', at('nowhere')], 1, /nowhere is not there: give a folder/],
  ['a file', () => ['verify', at('data/winoground/data.json')], 1, /data\.json is not a folder: give a folder/],
  ['a root of the environment that is not there', () => ['verify'], 1, /nowhere is not there: give a folder/],
  ['two roots', () => ['verify', at('data'), at('data')], 2, /^Too many arguments/],
  ['an unknown flag', () => ['verify', '--fast'], 2, /^Unknown option '--fast'/],
  ['another word', () => ['repair'], 2, /needs the word verify/],
] as const)('%s ends with one sentence and its code', async ([_what, words, code, sentence], { expect }) => {
  const ended = await gdbench(['data', ...words()], { GDBENCH_DATA: at('nowhere') }).ended;
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toMatch(sentence);
  expect(ended.stderr.trim().split('\n')).toHaveLength(1);
});
