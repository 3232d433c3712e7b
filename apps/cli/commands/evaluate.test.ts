import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, gdbench } from '../../../test/support/command.ts';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { tinyDiffusion } from '../../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../../test/support/tiny-clip.ts';
import { writeTinyData } from '../../../test/support/tiny-data.ts';

const SUBTASKS = [
  'pair_binding_size',
  'pair_binding_color',
  'binding_shape_color',
  'binding_color_shape',
  'recognition_color',
  'recognition_shape',
  'spatial',
];

const scratch = newFolder();
const [data, ldm, clip] = ['data', 'tiny ldm', 'clip'].map((name) => path.join(scratch, name)) as [
  string,
  string,
  string,
];
beforeAll(async () => {
  await writeFiles(ldm, tinyDiffusion());
  await writeFiles(clip, tinyClip());
  await writeFiles(path.join(scratch, 'random'), {
    ...tinyDiffusion(),
    'unet/model.onnx': Uint8Array.from({ length: 999 }, (_, i) => (i * 37) & 255),
  });
  await writeFiles(path.join(scratch, 'empty'), { '.keep': '' });
  await writeTinyData(data);
  await writeFiles(data, { 'manifest.json': { name: 'squares', version: '3' } });
});

const evaluate = (...words: string[]): Promise<Ended> =>
  gdbench(['evaluate', ...words], { GDBENCH_HOME: path.join(scratch, 'home') }).ended;
const readJson = async (...at: string[]) => JSON.parse(await readFile(path.join(scratch, ...at), 'utf8'));
const readLines = async (...at: string[]) =>
  (await readFile(path.join(scratch, ...at), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('gdbench evaluate', () => {
  it('writes results and, an example a line, scores and the errors of samples', async () => {
    const out = path.join(scratch, 'out');
    const ended = await evaluate(
      ldm,
      '--data',
      data,
      '--samples',
      '5',
      '--seed',
      '3',
      '--errors',
      '--out',
      out,
      '--json',
    );
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const results = await readJson('out', 'results.json');
    expect(JSON.parse(ended.stdout)).toEqual(results);
    expect(results).toMatchObject({
      checkpoint: 'tiny ldm',
      protocol: 'diffusion-itm',
      samples: 5,
      seed: 3,
      // few examples are a part of the official ones
      rankable: false,
    });
    expect(results.checkpointSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(results.codeVersion).toMatch(/\d/);
    const lines = Object.entries<{ dataVersion: string }>(results.tasks).map(
      ([task, one]) => `${task} ${one.dataVersion}\n`,
    );
    expect(results.dataSet).toEqual({
      name: 'squares',
      version: '3',
      sha256: createHash('sha256').update(lines.join('')).digest('hex'),
    });

    expect(Object.keys(results.tasks)).toEqual(['clevr', 'winoground']);
    const { n, ties, dataVersion, chance, metrics, intervals } = results.tasks.clevr;
    expect(dataVersion).toMatch(/^[0-9a-f]{16}$/);
    for (const one of [chance, metrics, intervals]) expect(Object.keys(one)).toEqual([...SUBTASKS, 'average']);
    expect(chance.average).toBe(0.5);

    const clevr = await readLines('out', 'scores', 'clevr.jsonl');
    expect(clevr.map(({ example }) => example)).toEqual(
      SUBTASKS.flatMap((s) => [0, 1, 2].map((scene) => `${s}/CLEVR_val2_00000${scene}.png/0`)),
    );
    expect([n, ties]).toEqual([21, clevr.filter(({ scores: [[a], [b]] }) => a === b).length]);
    const right = (subtask: string) => {
      const pairs = clevr.filter(({ example }) => example.startsWith(`${subtask}/`)).map(({ scores }) => scores.flat());
      return pairs.reduce((sum, [a, b]) => sum + (a > b ? 1 : a === b ? 0.5 : 0), 0) / pairs.length;
    };
    for (const subtask of SUBTASKS) expect(metrics[subtask]).toBe(right(subtask));

    const winoground = await readLines('out', 'scores', 'winoground.jsonl');
    expect(winoground).toHaveLength(3);
    for (const { scores, errors } of winoground) {
      for (const w of [0, 1]) {
        for (const i of [0, 1]) {
          const { length } = errors.cond[w][i];
          const mean =
            errors.cond[w][i].reduce((sum: number, e: number, k: number) => sum + e - errors.uncond[i][k], 0) / length;
          expect(length).toBe(5);
          expect(scores[w][i]).toBeCloseTo(-mean, 10);
        }
      }
    }
    expect((await readdir(out, { recursive: true })).sort()).toEqual([
      'errors',
      'errors/clevr.bin.gz',
      'errors/winoground.bin.gz',
      'results.json',
      'scores',
      'scores/clevr.jsonl',
      'scores/winoground.jsonl',
    ]);
  });

  it('scores a dual encoder by the cosine, samples nothing, and says in plain lines what it does', async () => {
    const out = path.join(scratch, 'clip-out');
    const words = ['--tasks', 'winoground', '--protocol', 'diffusion-itm', '--limit', '1', '--out', out];
    const ended = await gdbench(['evaluate', clip, ...words], {
      GDBENCH_DATA: data,
      GDBENCH_BATCH: '2',
      GDBENCH_THREADS: '1',
    }).ended;
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toMatch(/^clip: dual-encoder, .* protocol cosine\n/);
    expect(ended.stdout).toContain(`\nIts results will be written into ${out}\n`);
    expect(ended.stdout).toContain('Scoring winoground: 1 of 1 (100%)');
    expect(ended.stdout).toMatch(/winoground +group +\d+\.0% +\[\d+\.\d%, \d+\.\d%\] +/);
    const results = await readJson('clip-out', 'results.json');
    // a task's first line names its data, the last the data set; nothing is sampled
    const hashes = [results.tasks.winoground.dataVersion, results.dataSet.sha256.slice(0, 16)];
    expect(ended.stdout.match(/\b[0-9a-f]{16}\b/g)).toEqual(hashes);
    expect(ended.stdout).toContain(`\nData set squares 3, sha256 ${hashes[1]} of the tasks above\n`);
    expect(ended.stdout).not.toContain('samples');
    expect(results).toMatchObject({ protocol: 'cosine', samples: null, seed: null });
    expect(results.tasks.winoground).toMatchObject({ n: 1, chance: { text: 0.25, image: 0.25, 'text.Scope': 0.25 } });
    const [line] = await readLines('clip-out', 'scores', 'winoground.jsonl');
    expect(Object.keys(line)).toEqual(['example', 'scores']);
  });

  it('gives the same bytes again with batch and threads pinned, by flag or by environment', async () => {
    const run = async (name: string, words: string[], env: Record<string, string>) => {
      const out = path.join(scratch, name);
      const { code } = await gdbench(
        ['evaluate', ldm, '--data', data, '--samples', '4', '--tasks', 'winoground', '--out', out, ...words],
        env,
      ).ended;
      return [code, await readFile(path.join(out, 'scores', 'winoground.jsonl'), 'utf8')];
    };
    const [flags, env] = await Promise.all([
      run('pinned-1', ['--batch', '3', '--threads', '1'], {}),
      run('pinned-2', [], { GDBENCH_BATCH: '3', GDBENCH_THREADS: '1' }),
    ]);
    expect(flags[0]).toBe(0);
    expect(env).toEqual(flags);
  });

  it.concurrent('tells a refused checkpoint as one object, with --json, and in one line on stderr all the same', async ({
    expect,
  }) => {
    const dir = path.join(scratch, 'two faults');
    await writeFiles(dir, {
      ...tinyDiffusion(),
      'unet/model.onnx': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0a'.repeat(32)}\nsize 99\n`,
      'unet/config.json': '{ "sample_size": \u001b[2J }',
    });
    const { code, stdout, stderr } = await evaluate(dir, '--data', data, '--out', path.join(scratch, 'none'), '--json');
    expect(code).toBe(1);
    const { refused, faults, ...more } = JSON.parse(stdout);
    expect([refused, more]).toEqual([true, {}]);
    expect(faults.map(({ file }: { file: string }) => file).sort()).toEqual(['unet/config.json', 'unet/model.onnx']);
    for (const fault of faults) {
      expect(Object.keys(fault).sort()).toEqual(['expected', 'file', 'found', 'message', 'remedy']);
      for (const text of Object.values(fault)) expect(text).toMatch(/^[^\p{Cc}]+$/u);
    }
    expect(stderr.trimEnd()).toMatch(/^[^\p{Cc}]+$/u);
    expect(stderr).toContain(`\`cd '${dir}' && git lfs pull\``);
    expect(stderr).toContain('unet/config.json is not valid JSON (line 1, column 18: ');
  });

  it.concurrent('finds the checkpoint one folder deeper, and says so', async ({ expect }) => {
    const [dir, out] = [path.join(scratch, 'unpacked'), path.join(scratch, 'unpacked out')];
    const inside = Object.entries(tinyClip()).map(([file, content]) => [`my-clip/${file}`, content]);
    await writeFiles(dir, { ...Object.fromEntries(inside), '.DS_Store': 'x', '__MACOSX/my-clip/._config.json': 'x' });
    const words = ['--data', data, '--tasks', 'winoground'];
    const [deep, plain] = [
      await evaluate(dir, ...words, '--out', out),
      await evaluate(path.join(dir, 'my-clip'), ...words, '--out', `${out} plain`),
    ];
    expect([deep.code, plain.code]).toEqual([0, 0]);
    expect(deep.stdout).toContain(`The checkpoint is in ${path.join(dir, 'my-clip')}.`);
    const results = await Promise.all([out, `${out} plain`].map((at) => readJson(path.basename(at), 'results.json')));
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).toMatchObject({ checkpoint: 'my-clip' });
  });

  it.concurrent('says what a file is that was given for a folder', async ({ expect }) => {
    await writeFiles(scratch, { 'clip.zip': Uint8Array.from([0x50, 0x4b, 3, 4]), 'v1-5.safetensors': 'x' });
    for (const [file, sentence] of [
      ['clip.zip', /^.*clip.zip is an archive: unpack it and give the folder that comes out, `unzip .*`\.\n$/],
      ['v1-5.safetensors', /^.* is a file of a checkpoint: give the folder that it lies in, `.*`\.\n$/],
    ] as const) {
      const { code, stderr } = await evaluate(path.join(scratch, file), '--data', data);
      expect([code, stderr]).toEqual([2, expect.stringMatching(sentence)]);
    }
  });

  it.concurrent.for<[string, number, (out: string) => string[], RegExp]>([
    [
      'a refused checkpoint',
      1,
      (out) => [path.join(scratch, 'random'), '--data', data, '--out', out],
      /^unet\/model.onnx is not an ONNX model: .*\.\n$/,
    ],
    [
      'an empty folder',
      1,
      (out) => [path.join(scratch, 'empty'), '--data', data, '--out', out],
      /^The folder is empty .*; give the folder of an exported model .*\.\n$/,
    ],
    [
      'a data root that cannot serve',
      1,
      (out) => [clip, '--data', data, '--tasks', 'mmbias', '--out', out],
      /^The data root .* cannot serve mmbias: .*\.\n$/,
    ],
    [
      'a data root that is not there',
      1,
      (out) => [clip, '--data', path.join(scratch, 'nowhere'), '--out', out],
      /^The data root .*nowhere is not a folder: .*\.\n$/,
    ],
    ['no folder', 2, (out) => [path.join(scratch, 'nowhere'), '--out', out], /nowhere is not there: give the folder/],
    ['a file for a folder', 2, (out) => [path.join(clip, 'config.json'), '--out', out], /is a file: give the folder/],
    [
      'no samples',
      2,
      (out) => [ldm, '--samples', '0', '--out', out],
      /^--samples is 0: give a whole number from 1 to 1000\.\n$/,
    ],
    ['half a sample', 2, (out) => [ldm, '--samples', '2.5', '--out', out], /^--samples is 2.5/],
    [
      'an unknown task',
      2,
      (out) => [ldm, '--tasks', 'clevr,chess', '--out', out],
      /^--tasks names "chess", which is no task/,
    ],
    [
      'a protocol of another kind',
      2,
      (out) => [ldm, '--protocol', 'cosine', '--data', data, '--out', out],
      /^--protocol cosine does not fit this diffusion checkpoint/,
    ],
    [
      'errors of a race',
      2,
      () => [ldm, '--protocol', 'diffusion-itm-adaptive', '--keep-all-errors'],
      /^--keep-all-errors has nothing to keep under diffusion-itm-adaptive, /,
    ],
    ['an unknown protocol', 2, () => [ldm, '--protocol', 'guess'], /^--protocol "guess" is not known: give one of /],
    [
      'a sampled protocol that is not the default, of a kind that samples nothing',
      2,
      (out) => [clip, '--protocol', 'diffusion-classifier', '--data', data, '--out', out],
      /^--protocol diffusion-classifier does not fit this dual-encoder checkpoint: give cosine\.\n$/,
    ],
    ['an unknown flag', 2, () => [ldm, '--nonsense'], /^Unknown option '--nonsense'/],
    ['an unknown device', 2, () => [ldm, '--device', 'abacus'], /^The device "abacus" is not known/],
  ])('ends on %s with %i and one sentence, and writes nothing', async ([title, code, words, sentence], { expect }) => {
    const out = path.join(scratch, `out of ${title}`);
    const ended = await evaluate(...words(out));
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    await expect(readdir(out)).rejects.toThrow('ENOENT');
  });

  it('explains itself', async () => {
    const { code, stdout } = await evaluate('--help');
    expect(code).toBe(0);
    for (const flag of [
      '--data',
      '--tasks',
      '--protocol',
      '--samples',
      '--seed',
      '--limit',
      '--out',
      '--errors',
      '--skip-missing',
      '--resume',
      '--batch',
      '--threads',
      '--device',
      '--json',
    ])
      expect(stdout).toContain(flag);
  });
});
