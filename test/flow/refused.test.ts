import { randomBytes } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Results } from '@gdbench/benchmark/results';
import { ask } from '@gdbench/schema/ask';
import { inWords } from '@gdbench/storage/remedy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SubmissionDocument } from '../generated/graphql.ts';
import { DIFFUSION, DUAL_ENCODER } from '../support/builtin.ts';
import { gdbench, submit } from '../support/command.ts';
import { LFS_POINTER } from '../support/disguises.ts';
import { each } from '../support/each.ts';
import { merged, newFolder, writeFiles } from '../support/folder.ts';
import { follow, isDone, liveClient, type Progress } from '../support/graphql.ts';
import { LITTER } from '../support/litter.ts';
import { onnxModel } from '../support/onnx-writer.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { submitThroughApi } from '../support/stored-submission.ts';
import { tinyDiffusion } from '../support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip, tinyTowers } from '../support/tiny-clip.ts';
import { writeTinyData } from '../support/tiny-data.ts';

let stack: Stack;
const folder = newFolder();
beforeAll(async () => {
  const data = join(folder, 'data');
  await writeTinyData(data);
  stack = await startStack({ data });
  await stack.startWorker('a');
});
afterAll(() => stack.close());

const isRefused = (progress: Progress) => progress.state === 'REFUSED';

/** Submits a copy of a good checkpoint after `harm` and gives the refusal. */
async function refusal(good: string, name: string, harm: (dir: string) => Promise<void>) {
  const dir = join(folder, name);
  await cp(good, dir, { recursive: true });
  await harm(dir);
  const { evaluationId } = await submit(stack.apiUrl(), dir, name);
  const client = liveClient(stack.apiUrl());
  const progress = await follow(client, evaluationId, isRefused);
  await client.dispose();
  return { evaluationId, failure: progress.failure };
}

test('random bytes for a model are refused by a sentence that names the file', async () => {
  const { failure, evaluationId } = await refusal(DIFFUSION, 'random', (dir) =>
    writeFile(join(dir, 'unet/model.onnx'), randomBytes(50_000)),
  );
  expect(failure?.fault).toBe('SUBMITTER');
  expect(failure?.message).toMatch(/unet\/model\.onnx is not an ONNX model/);
  expect(failure?.remedy).toMatch(/^Copy it again, or download it: `hf download OWNER\/MODEL unet\/model\.onnx /);
  const watched = await gdbench(['watch', evaluationId, '--server', stack.apiUrl()]).ended;
  expect(watched.code).toBe(1);
  expect(watched.stderr).toContain('unet/model.onnx is not an ONNX model');
});

test('a graph with inputs that nothing can feed is refused by name', async () => {
  const { failure } = await refusal(DIFFUSION, 'inputs', (dir) =>
    // the text encoder's graph where the U-Net should stand
    cp(join(dir, 'text_encoder/model.onnx'), join(dir, 'unet/model.onnx')),
  );
  expect(failure?.message).toMatch(/unet\/model\.onnx/);
  expect(failure?.message).toMatch(/input/);
});

test('a checkpoint without its tokenizer is refused by a sentence that names it', async () => {
  const { failure } = await refusal(DUAL_ENCODER, 'speechless', (dir) => rm(join(dir, 'tokenizer.json')));
  expect(failure?.message).toMatch(/tokenizer/);
});

test('a remedy says in GraphQL what of it is a command, and that a word stands in it for the folder', async () => {
  const { failure } = await refusal(DIFFUSION, 'apart', async (dir) => {
    await writeFile(join(dir, 'unet/model.onnx'), LFS_POINTER);
    await writeFile(join(dir, 'scheduler/scheduler_config.json'), '{"beta_schedule": "wavy"}');
  });
  const told = new Map(failure?.faults.map((fault) => [fault.file, fault]));
  expect(told.get('unet/model.onnx')).toMatchObject({
    remedyParts: [{ words: 'fetch what it stands for: ' }, { command: 'cd DIR && git lfs pull' }],
    namesPlaceholder: true,
  });
  expect(told.get('scheduler/scheduler_config.json')).toMatchObject({ namesPlaceholder: false });
  expect(told.size).toBeGreaterThan(1);
  for (const { remedy, remedyParts } of each(told.values())) expect(inWords(remedyParts)).toBe(remedy);
});

test('all faults are told at once: in GraphQL, in one line of the command, and as one object for machines', async () => {
  const dir = join(folder, 'pointers');
  await cp(DIFFUSION, dir, { recursive: true });
  await writeFile(join(dir, 'unet/model.onnx'), LFS_POINTER);
  await writeFile(join(dir, 'scheduler/scheduler_config.json'), '<!DOCTYPE html><html></html>');
  const words = ['submit', dir, '--name', 'pointers', '--server', stack.apiUrl(), '--wait'];
  const told = await gdbench([...words, '--json']).ended;
  const lines = told.stdout.trim().split('\n');
  expect(lines).toHaveLength(1);
  const { evaluationId, refused, faults, failure } = JSON.parse(lines[0]!);
  expect(refused).toBe(true);
  expect(faults).toEqual(failure.faults);
  expect(new Map(faults.map((fault: { file: string }) => [fault.file, fault]))).toEqual(
    new Map([
      [
        'unet/model.onnx',
        {
          file: 'unet/model.onnx',
          found: 'is a Git LFS pointer',
          expected: 'an ONNX model',
          remedy: 'fetch what it stands for: `cd DIR && git lfs pull`',
          message: expect.stringMatching(
            /^unet\/model.onnx is a Git LFS pointer, where an ONNX model is expected; fetch/,
          ),
        },
      ],
      ['scheduler/scheduler_config.json', expect.objectContaining({ found: 'is a web page (HTML)' })],
    ]),
  );
  const watched = await gdbench(['watch', evaluationId, '--server', stack.apiUrl(), '--json']).ended;
  expect(JSON.parse(watched.stdout.trim().split('\n').at(-1)!)).toMatchObject({ refused: true, faults });
  for (const { code, stderr } of [told, watched]) {
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(
      /git lfs pull`; scheduler\/scheduler_config.json is a web page|web page.*; unet\/model.onnx is a Git LFS pointer/,
    );
  }
});

/** A dual encoder whose text graph says that its weights lie at `location`. */
const weightsAt = (location: string) => {
  const { text } = tinyTowers(TINY_CLIP);
  const weights = text.weights.map((one) => ({ ...one, external: { location, length: 4 } }));
  return { ...tinyClip(), 'text_model.onnx': onnxModel({ ...text, weights }) };
};
const named = (name: string) => merged(tinyDiffusion(), 'model_index.json', { [name]: ['diffusers', 'Part'] });
const ESCAPES = '\u001b]0;PWNED\u0007\u001b[2J\u009b31m\u202egnp';

test.each([
  ['a NUL where weights lie', weightsAt('a\0../../etc/passwd')],
  ['a NUL in the name of a part', named('ev\0il')],
  [
    'a NUL in the tokenizer',
    {
      ...tinyClip(),
      'tokenizer.json': { model: { type: 'BPE', vocab: { a: 0 }, merges: [] }, pre_tokenizer: { type: 'Ev\0il' } },
    },
  ],
  ['escapes of a terminal', weightsAt(`${ESCAPES}.bin`)],
  ['a name of 60,000 letters', weightsAt(`${'x'.repeat(60_000)}.bin`)],
])('%s ends as a refusal that can be shown, at the first try', async (name, files) => {
  const { evaluation } = await submitThroughApi(stack, name, files);
  const client = liveClient(stack.apiUrl());
  const { failure } = await follow(client, evaluation.id, isRefused);
  await client.dispose();
  expect(failure).toMatchObject({ fault: 'SUBMITTER', faults: expect.arrayContaining([expect.anything()]) });
  const watched = await gdbench(['watch', evaluation.id, '--server', stack.apiUrl()]).ended;
  for (const text of [JSON.stringify(failure), watched.stderr, watched.stdout]) {
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(text.length).toBeLessThan(12_000);
  }
});

test('a checkpoint is the same with litter and with names outside of the basic plane, through every door', async () => {
  const files = { ...tinyDiffusion(), '😀.txt': 'x', 'ﬁ.txt': 'y' };
  const clean = await submitThroughApi(stack, 'clean', files);
  const { sha256 } = clean.checkpoint;
  const litter = Object.fromEntries(LITTER.map((path) => [path, 'x']));
  const littered = await submitThroughApi(stack, 'littered', { ...files, ...litter });
  const below = (folder: string) =>
    Object.fromEntries(
      Object.entries({ ...files, ...litter }).map(([path, content]) => [`${folder}/${path}`, content]),
    );
  const nested = await submitThroughApi(stack, 'nested', { ...below('sd'), ...litter, 'README.md': 'x' });
  for (const { checkpoint, files: kept } of [littered, nested]) {
    expect(checkpoint.sha256).toBe(sha256);
    expect(kept.map(({ path }) => path).sort()).toEqual(Object.keys(files).sort());
  }

  const dir = join(folder, 'littered');
  await writeFiles(dir, { ...files, ...litter });
  const sent = await submit(stack.apiUrl(), dir, 'sent');
  const { submission } = await ask(stack.apiUrl(), SubmissionDocument, { id: sent.submissionId });
  expect(submission?.checkpoint.sha256).toBe(sha256);
  const words = ['--data', join(folder, 'data'), '--tasks', 'winoground', '--limit', '1', '--samples', '1'];
  const scored = await gdbench(['evaluate', dir, ...words, '--out', join(folder, 'out')]).ended;
  expect([scored.code, scored.stderr]).toEqual([0, '']);
  const results = JSON.parse(await readFile(join(folder, 'out/results.json'), 'utf8')) as Results;
  expect(results.checkpointSha256).toBe(sha256);

  const client = liveClient(stack.apiUrl());
  // a diffusion model's errors are kept under the identity that the engine found
  for (const { evaluation } of [clean, littered, nested]) await follow(client, evaluation.id, isDone);
  await follow(client, sent.evaluationId, isDone);
  await client.dispose();
});

test('2,000 files are taken, and one more is refused before anything is sent', async () => {
  const held = Object.keys(tinyDiffusion()).length;
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count - held }, (_, i) => [`unet/blocks.${i}.${'weight'.repeat(20)}`, 'abcd']),
    );
  const { evaluation } = await submitThroughApi(stack, 'many', { ...tinyDiffusion(), ...many(2_000) });
  const client = liveClient(stack.apiUrl());
  await follow(client, evaluation.id, ({ state }) => state !== 'UPLOADING' && state !== 'INSPECTING');
  await client.dispose();
  await expect(submitThroughApi(stack, 'more', { ...tinyDiffusion(), ...many(2_001) })).rejects.toThrow(
    /^TOO_MANY_FILES: The manifest holds 2,001 files/,
  );
});
