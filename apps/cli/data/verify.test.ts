import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TASK_NAMES } from '@gdbench/benchmark/task';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../../../test/support/command.ts';
import { flatSquare } from '../../../test/support/flat-images.ts';
import { newFolder } from '../../../test/support/folder.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = path.join(newFolder(), 'page of');
const at = (...names: string[]) => path.join(scratch, ...names);
const verify = (words: string[], env: Record<string, string> = {}) => gdbench(['data', 'verify', ...words], env).ended;

beforeAll(async () => {
  await writeTinyData(at('data'));
  for (const [i, object] of ['suit', 'apron', 'briefcase', 'purse', 'beer', 'wine'].entries())
    for (const n of [1, 7]) await flatSquare(at(`data/genderbias/${object}-images/${n}.png`), i + n, 16);
  await writeFile(at('data/genderbias/suit-images/8.webp'), 'x');
  await cp(at('data/winoground'), at('other/Winoground'), { recursive: true });
});

/** The cells of a task's line in the table. */
const row = (stdout: string, task: string) =>
  stdout
    .split('\n')
    .find((line) => line.startsWith(`${task} `))
    ?.split(/ {2,}/);

test('a page tells of each task whether it is whole or a part; of absent ones in one line', async () => {
  const first = await verify([at('data'), '--json']);
  const { dataVersion } = JSON.parse(first.stdout).tasks.clevr;
  const editions = [{ name: 'squares', tasks: { clevr: { examples: 21, dataVersion } } }];
  await writeFile(at('editions.json'), JSON.stringify({ editions }));
  const { code, stdout } = await verify([at('data')], { GDBENCH_EDITIONS: at('editions.json') });
  expect(code).toBe(0);
  expect(row(stdout, 'clevr')).toEqual(['clevr', 'ready', '21', '3', '0', '0', 'whole, squares']);
  expect(row(stdout, 'winoground')).toEqual(['winoground', 'ready', '3', '6', '0', '0', 'part, 3 of 400']);
  expect(row(stdout, 'genderbias')).toEqual(['genderbias', 'ready', '12', '12', '0', '0', 'part, 12 of 72']);
  const lines = stdout.split('\n');
  expect(lines).toContain('A part of an edition and an unknown edition are scored as any data are, and do not rank.');
  expect(lines).toContain('genderbias: 1 file is not read: genderbias/suit-images/8.webp is no .jpg, .jpeg or .png.');
  const absent = TASK_NAMES.filter((task) => !['clevr', 'winoground', 'genderbias'].includes(task));
  expect(lines.filter((line) => absent.some((task) => line.includes(task)))).toEqual([
    `Nothing is there of ${absent.join(', ')}: put their official files there, or make them of downloads: \`npx gdbench data prepare FROM... --into '${at('data')}'\`.`,
  ]);
});

test('data that are as many as an edition, and ask other things, are of none that is known', async () => {
  const rows = Array.from({ length: 400 }, (_, id) => ({ id, caption_0: `a ${id}`, caption_1: `b ${id}`, tag: 'own' }));
  await mkdir(at('own/winoground/images'), { recursive: true });
  await writeFile(at('own/winoground/data.json'), JSON.stringify(rows));
  const square = await readFile(at('data/winoground/images/ex_0_img_0.png'));
  for (const { id } of rows)
    for (const k of [0, 1]) await writeFile(at(`own/winoground/images/ex_${id}_img_${k}.png`), square);
  const { code, stdout } = await verify([at('own')]);
  expect(code).toBe(0);
  expect(row(stdout, 'winoground')).toEqual(['winoground', 'ready', '400', '800', '0', '0', 'unknown edition']);
});

test('--json names every task, the absent ones too, each with its own reason', async () => {
  const { code, stdout, stderr } = await verify([at('data'), '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const { tasks } = JSON.parse(stdout);
  expect(Object.keys(tasks)).toEqual(TASK_NAMES);
  expect(tasks.clevr).toMatchObject({ runnable: true, absent: false, rankable: false, edition: { state: 'part' } });
  expect(tasks.genderbias).toMatchObject({ runnable: true, edition: { state: 'part', of: 72 } });
  expect(tasks.genderbias.unread).toEqual([
    { path: 'genderbias/suit-images/8.webp', why: 'is no .jpg, .jpeg or .png' },
  ]);
  expect(tasks.pets).toMatchObject({
    runnable: false,
    absent: true,
    reason: 'pets/ is not a folder of the data root: put the official files there.',
  });
});

test('tasks that are asked for are told one by one, and 1 is the exit code where none of them can run', async () => {
  const some = await verify([at('data'), '--task', 'pets,clevr']);
  expect([some.code, row(some.stdout, 'winoground')]).toEqual([0, undefined]);
  expect(row(some.stdout, 'pets')).toEqual(['pets', 'not ready', '0', '0', '0', '0']);
  expect(some.stdout).toContain('pets: pets/ is not a folder of the data root: put the official files there.\n');
  expect(some.stdout).not.toContain('Nothing is there');
  const none = await verify([at('data'), '--task', 'pets', '--task', 'svo_verb', '--json']);
  expect([none.code, Object.keys(JSON.parse(none.stdout).tasks)]).toEqual([1, ['pets', 'svo_verb']]);
  expect(none.stderr).toMatch(
    /^None of these tasks can run from .*: pets\/ is not a folder .* Further reasons: 1\.\n$/,
  );
  const unknown = await verify([at('data'), '--task', 'cats']);
  expect([unknown.code, unknown.stdout]).toEqual([2, '']);
});

test('the command that it names can be copied, and mends the root', async () => {
  const { code, stdout, stderr } = await verify([at('other')]);
  expect([code, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('each is told why above.')]]);
  const [, command] = /in another letter case; run `npx gdbench (data prepare .*)`\.$/m.exec(stdout) ?? [];
  expect(command).toBe(`data prepare '${at('other')}' --into '${at('other')}-prepared' --task winoground`);
  const words = [...command!.matchAll(/'([^']*)'|(\S+)/g)].map(([, inQuotes, bare]) => inQuotes ?? bare!);
  const prepared = await gdbench(words).ended;
  expect([prepared.code, row(prepared.stdout, 'winoground')?.[1]]).toEqual([0, 'ready']);
  const versionOf = async (root: string) =>
    JSON.parse((await verify([root, '--json'])).stdout).tasks.winoground.dataVersion;
  expect(await versionOf(at('other-prepared'))).toBe(await versionOf(at('data')));
});

test('of downloads alone, and of an empty folder, the command is told that makes a root', async () => {
  await mkdir(at('downloads'), { recursive: true });
  await writeFile(at('downloads/images.tar.gz'), 'x');
  const lone = await verify([at('downloads')]);
  expect(lone.code).toBe(1);
  expect(lone.stdout).toContain(`data prepare '${at('downloads')}' --into '${at('downloads')}-prepared'\`.`);
  await rename(at('downloads/images.tar.gz'), at('images.tar.gz'));
  const empty = await verify([at('downloads')]);
  expect(empty.code).toBe(1);
  expect(empty.stdout).toContain(`data prepare FROM... --into '${at('downloads')}'\`.`);
});
