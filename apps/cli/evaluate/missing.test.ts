import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../../../test/support/command.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = newFolder();
const at = (...names: string[]) => path.join(scratch, ...names);
const evaluate = (out: string, ...words: string[]) =>
  gdbench(['evaluate', at('clip'), '--data', at('data'), '--out', at(out), ...words]).ended;

/** Winoground's example 1 loses an image, and one of example 2 is cut short; clevr is whole. */
beforeAll(async () => {
  await writeFiles(at('clip'), tinyClip());
  await writeTinyData(at('data'));
  await unlink(at('data/winoground/images/ex_1_img_0.png'));
  const short = at('data/winoground/images/ex_2_img_1.png');
  await writeFile(short, (await readFile(short)).subarray(0, -20));
});

test('missing and unreadable images are reported before anything is scored, by number and name', async () => {
  const ended = await evaluate('none');
  expect(ended.code).toBe(1);
  expect(ended.stdout).not.toContain('Scoring');
  const [report, ...more] = ended.stderr.trimEnd().split('\n').slice(1);
  expect(more).toEqual([]);
  expect(report).toMatch(
    /^The data root .* cannot serve winoground: winoground\/ has 1 missing and 1 unreadable of 6 images: /,
  );
  expect(report).toContain('winoground/images/ex_1_img_0.png is missing');
  expect(report).toMatch(/winoground\/images\/ex_2_img_1\.png cannot be decoded \(.*\)/);
  expect(report).toMatch(/skip the examples that need them with --skip-missing\.$/);
  await expect(readdir(at('none'))).rejects.toThrow('ENOENT');
});

test('--skip-missing goes on without them, says so, and the result says that it cannot rank', async () => {
  const ended = await evaluate('some', '--skip-missing', '--tasks', 'clevr,winoground', '--json');
  expect([ended.code, ended.stderr]).toEqual([
    0,
    'Skipped 2 examples of winoground for 1 missing and 1 unreadable images ' +
      '(winoground/images/ex_1_img_0.png, winoground/images/ex_2_img_1.png): its results cannot rank.\n',
  ]);
  const results = JSON.parse(await readFile(at('some/results.json'), 'utf8'));
  expect(results.rankable).toBe(false);
  expect(results.tasks.winoground).toMatchObject({ n: 1, skipped: { examples: 2, missing: 1, unreadable: 1 } });
  expect(results.tasks.clevr).not.toHaveProperty('skipped');
  const scores = (await readFile(at('some/scores/winoground.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(scores).toHaveLength(1);
  // what was skipped is skipped in a comparison too
  const compared = await gdbench(['compare', at('some'), at('some'), '--data', at('data'), '--json']).ended;
  expect(compared.code).toBe(0);
  const { tasks } = JSON.parse(compared.stdout);
  expect(tasks.winoground.metrics[0]).toMatchObject({ metric: 'text', n: 1, difference: 0, p: 1 });
});

test('a task that lacks nothing of a known edition ranks, whatever the others lack; of the same data unknown it does not', async () => {
  const words = ['evaluate', at('clip'), '--data', at('data'), '--tasks', 'clevr', '--skip-missing', '--json'];
  const { code, stderr, stdout } = await gdbench([...words, '--out', at('unknown')]).ended;
  const { tasks, rankable } = JSON.parse(stdout);
  expect([code, stderr, rankable]).toEqual([0, '', false]);
  expect(tasks.clevr.edition).toEqual({ state: 'part', name: 'official', examples: 21, of: 8036 });
  const clevr = { examples: 21, dataVersion: tasks.clevr.dataVersion };
  await writeFile(at('editions.json'), JSON.stringify({ editions: [{ name: 'squares', tasks: { clevr } }] }));
  const known = await gdbench([...words, '--out', at('known')], { GDBENCH_EDITIONS: at('editions.json') }).ended;
  const results = JSON.parse(known.stdout);
  expect([known.code, results.rankable, results.tasks.clevr.edition]).toEqual([
    0,
    true,
    { state: 'whole', name: 'squares', examples: 21, of: 21 },
  ]);
  const limited = await gdbench([...words, '--limit', '2', '--out', at('limited')], {
    GDBENCH_EDITIONS: at('editions.json'),
  }).ended;
  expect(JSON.parse(limited.stdout)).toMatchObject({
    rankable: false,
    tasks: { clevr: { n: 14, edition: { state: 'part', name: 'squares', examples: 14, of: 21 } } },
  });
});
