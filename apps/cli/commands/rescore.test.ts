import { createHash } from 'node:crypto';
import { access, cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CODE_VERSION } from '@gdbench/benchmark/version';
import { beforeAll, expect, test } from 'vitest';
import { gdbench } from '../../../test/support/command.ts';
import { each } from '../../../test/support/each.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyDiffusion } from '../../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const scratch = newFolder();
const at = (...names: string[]) => path.join(scratch, ...names);
const run = (...words: string[]) => gdbench(words, { GDBENCH_DATA: at('data') }).ended;
const evaluate = (checkpoint: string, out: string, ...words: string[]) =>
  run('evaluate', at(checkpoint), '--tasks', 'clevr,winoground', '--samples', '7', '--out', at(out), ...words);
const results = async (out: string) => JSON.parse(await readFile(at(out, 'results.json'), 'utf8'));
const lines = async (out: string, task: string) =>
  (await readFile(at(out, 'scores', `${task}.jsonl`), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  await writeFiles(at('ldm'), tinyDiffusion());
  await writeFiles(at('clip'), tinyClip());
  await writeTinyData(at('data'));
  const ended = await Promise.all([evaluate('ldm', 'ldm-out', '--errors'), evaluate('clip', 'clip-out')]);
  for (const { code, stderr } of ended) expect([code, stderr]).toEqual([0, '']);
  await cp(at('ldm-out', 'results.json'), at('ldm-bare', 'results.json'));
});

test('stored errors give the scores of another protocol, and of their own to the bit', async () => {
  const [same, other] = await Promise.all([
    run('rescore', at('ldm-out'), '--protocol', 'diffusion-itm', '--out', at('same'), '--json'),
    run('rescore', at('ldm-out'), '--protocol', 'diffusion-itm-unnormalized'),
  ]);
  expect([same.code, same.stderr, other.code]).toEqual([0, '', 0]);
  expect(await results('same')).toEqual(await results('ldm-out'));
  expect(JSON.parse(same.stdout)).toEqual(await results('ldm-out'));
  expect(other.stdout).toContain('\nProtocol diffusion-itm-unnormalized, 7 samples, seed 0\n');
  const unnormalized = await results('ldm-out/diffusion-itm-unnormalized');
  expect(unnormalized).toMatchObject({ protocol: 'diffusion-itm-unnormalized', samples: 7, seed: 0 });
  for (const task of ['clevr', 'winoground']) {
    const original = await lines('ldm-out', task);
    const withoutErrors = original.map(({ example, scores }) => ({ example, scores }));
    expect(await lines('same', task)).toEqual(withoutErrors);
    const rescored = await lines('ldm-out/diffusion-itm-unnormalized', task);
    expect(rescored.length).toBeGreaterThan(0);
    for (const [i, { example, scores }] of rescored.entries()) {
      expect(example).toBe(original[i].example);
      for (const [w, row] of each<number[][]>(original[i].errors.cond).entries())
        for (const [image, errors] of each(row).entries()) {
          const sum = errors.reduce((a: number, b: number) => a + b, 0);
          expect(scores[w][image]).toBeCloseTo(-sum / errors.length, 10);
        }
    }
  }
});

test('one pass that keeps all errors serves every protocol: what a run of its own writes, to the bit', async () => {
  const pins = ['--batch', '4', '--threads', '1'];
  await Promise.all([
    evaluate('ldm', 'all', '--keep-all-errors', ...pins),
    evaluate('ldm', 'own', '--protocol', 'diffusion-itm-gray', ...pins),
  ]);
  const { code } = await run('rescore', at('all'), '--protocol', 'diffusion-itm-gray', '--out', at('read'));
  expect(code).toBe(0);
  expect(await results('read')).toEqual(await results('own'));
  for (const task of ['clevr', 'winoground']) expect(await lines('read', task)).toEqual(await lines('own', task));
});

test.concurrent.for<[string, number, () => string[], RegExp]>([
  [
    'errors that were not kept',
    1,
    () => ['ldm-out', 'diffusion-itm-gray', 'x'],
    /lacks the errors of the gray image, /,
  ],
  [
    'an evaluation without errors',
    1,
    () => ['ldm-bare', 'diffusion-itm', 'x'],
    /clevr\.bin\.gz is not there: evaluate/,
  ],
  [
    'an evaluation of encoders, which have none',
    1,
    () => ['clip-out', 'diffusion-itm', 'x'],
    /clip-out was scored by cosine, which draws no samples: give the --out of an evaluation of a diffusion model\.$/m,
  ],
  ['a protocol that draws samples', 2, () => ['ldm-out', 'diffusion-itm-adaptive', 'x'], /cannot be had from stored/],
  [
    'the same folder',
    2,
    () => ['ldm-out', 'diffusion-itm', 'ldm-out'],
    /^--out is the folder of the results themselves/,
  ],
  ['no folder', 2, () => ['nowhere', 'diffusion-itm', 'x'], /nowhere is not a folder: give the --out of a gdbench/],
])('rescore ends on %s with %i and one sentence', async ([_what, code, words, sentence], { expect }) => {
  const [from, protocol, out] = words();
  const ended = await run('rescore', at(from!), '--protocol', protocol!, '--out', at(out!));
  expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('errors of an evaluation before are never taken for those of the results beside them', async () => {
  const stale = at('stale', 'errors', 'clevr.bin.gz');
  await evaluate('ldm', 'stale', '--tasks', 'clevr', '--limit', '1', '--errors');
  await cp(stale, at('old.bin.gz'));
  await evaluate('ldm', 'stale', '--tasks', 'clevr', '--limit', '2', '--samples', '3');
  await expect(access(stale)).rejects.toThrow('ENOENT');
  const made = await results('stale');
  // put back by hand: as a copy of the folder's parts may
  await cp(at('old.bin.gz'), stale);
  const another = expect.stringMatching(/holds the errors of another evaluation than results\.json tells of: /);
  const rescored = [
    {},
    // of as many samples, yet of fewer examples
    { samples: 7 },
    { samples: 7, seed: 1 },
  ].map(async (change, i) => {
    await cp(at('stale'), at(`stale${i}`), { recursive: true });
    await writeFile(at(`stale${i}`, 'results.json'), JSON.stringify({ ...made, ...change }));
    return run('rescore', at(`stale${i}`), '--protocol', 'diffusion-itm');
  });
  for (const ended of await Promise.all(rescored))
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: another });
});

test('compare tests two checkpoints on the same examples', async () => {
  const [shown, all, json] = await Promise.all([
    run('compare', at('ldm-out'), at('clip-out')),
    run('compare', at('ldm-out'), at('clip-out'), '--json'),
    run('compare', at('ldm-out'), at('clip-out'), '--tasks', 'winoground', '--json'),
  ]);
  expect([shown.code, shown.stderr, json.code]).toEqual([0, '', 0]);
  expect(shown.stdout).toMatch(/^A: ldm \(diffusion-itm, 7 samples\)\nB: clip \(cosine\)\nScored diff/);
  expect(shown.stdout).toMatch(/\nScored differently: protocol diffusion-itm and cosine\.\ntask +metric +A +B +A - B /);
  // shares as per cent, their difference in points, and p never as nothing
  expect(shown.stdout).toMatch(
    /^winoground +text +\d+\.\d% +\d+\.\d% +[+−]?\d+\.\d +\[−?\d+\.\d, −?\d+\.\d\] .* [01]\.\d{3} +mcnemar$/m,
  );
  const { a, b, tasks } = JSON.parse(json.stdout);
  expect([a.checkpoint, b.checkpoint, Object.keys(tasks)]).toEqual(['ldm', 'clip', ['winoground']]);
  const [ofA, ofB] = [await results('ldm-out'), await results('clip-out')];
  const versions = ['clevr', 'winoground'].map((task) => `${task} ${ofA.tasks[task].dataVersion}`);
  const sha256 = createHash('sha256')
    .update(versions.map((line) => `${line}\n`).join(''))
    .digest('hex');
  expect(JSON.parse(all.stdout).dataSet).toEqual({ name: null, version: null, sha256 });
  const line = `Data, sha256 ${sha256.slice(0, 16)} of the tasks above: ${versions.join(', ')}`;
  expect(shown.stdout).toContain(`\n${line}\n`);
  for (const one of each<{ metric: string; a: number; b: number; difference: number }>(tasks.winoground.metrics)) {
    expect(one.a).toBeCloseTo(ofA.tasks.winoground.metrics[one.metric], 12);
    expect(one.b).toBeCloseTo(ofB.tasks.winoground.metrics[one.metric], 12);
    expect(one.difference).toBeCloseTo(one.a - one.b, 12);
  }
  // text score: right where both images prefer their own text; exact McNemar by hand
  const right = async (out: string) =>
    (await lines(out, 'winoground')).map(({ scores: [x, y] }) => x[0] > y[0] && y[1] > x[1]);
  const [rightA, rightB] = [await right('ldm-out'), await right('clip-out')];
  const onlyA = rightA.filter((is, i) => is && !rightB[i]).length;
  const onlyB = rightB.filter((is, i) => is && !rightA[i]).length;
  const choose = [[1], [1, 1], [1, 2, 1], [1, 3, 3, 1]][onlyA + onlyB]!;
  const tail = choose.slice(0, Math.min(onlyA, onlyB) + 1).reduce((sum, n) => sum + n, 0);
  const text = tasks.winoground.metrics.find(({ metric }: { metric: string }) => metric === 'text');
  expect([text.onlyA, text.onlyB, text.test]).toEqual([onlyA, onlyB, 'mcnemar']);
  expect(text.p).toBeCloseTo(Math.min(1, (2 * tail) / 2 ** (onlyA + onlyB)), 12);
});

test('compare says what else differs than the checkpoint, and refuses a race beside what is none', async () => {
  for (const [name, change] of [
    ['fewer', { samples: 3, seed: 5, codeVersion: '0.0.1' }],
    ['race', { protocol: 'diffusion-itm-adaptive' }],
  ] as const) {
    await cp(at('ldm-out'), at(name), { recursive: true });
    await writeFile(at(name, 'results.json'), JSON.stringify({ ...(await results('ldm-out')), ...change }));
  }
  const [same, fewer, race, races] = await Promise.all(
    [
      ['ldm-out', 'ldm-out'],
      ['ldm-out', 'fewer'],
      ['race', 'ldm-out'],
      ['race', 'race'],
    ].map(([a, b]) => run('compare', at(a!), at(b!), '--tasks', 'winoground')),
  );
  expect(same!.stdout).not.toContain('Scored differently');
  expect(fewer!.stdout).toContain(
    `\nScored differently: samples 7 and 3, seed 0 and 5, version of gdbench ${CODE_VERSION} and 0.0.1.\ntask `,
  );
  expect(race).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^The two were scored by diff.*\n$/),
  });
  expect(races!.code).toBe(0);
});

test('compare refuses other data, other tasks and folders without results', async () => {
  for (const [name, change] of [
    [
      'other-data',
      (tasks: Record<string, object>) => ({ ...tasks, clevr: { ...tasks.clevr, dataVersion: '0'.repeat(16) } }),
    ],
    ['other-tasks', ({ winoground }: Record<string, object>) => ({ winoground })],
  ] as const) {
    await cp(at('clip-out'), at(name), { recursive: true });
    const changed = await results(name);
    await writeFile(at(name, 'results.json'), JSON.stringify({ ...changed, tasks: change(changed.tasks) }));
  }
  const sentences = [
    [at('other-data'), 1, /^The two were scored on different data of clevr \(\w{16} and 0{16}\): evaluate both on /],
    [at('other-tasks'), 1, /other-tasks has no results of clevr: give --tasks those that both have\.\n$/],
    [at('data'), 1, /results\.json is not there: give the --out of a gdbench evaluate that has ended\.\n$/],
  ] as const;
  const ended = await Promise.all(sentences.map(([folder]) => run('compare', at('ldm-out'), folder)));
  for (const [i, { code, stdout, stderr }] of ended.entries()) {
    expect([code, stdout]).toEqual([sentences[i]![1], '']);
    expect(stderr).toMatch(sentences[i]![2]);
  }
});
