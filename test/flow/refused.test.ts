import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtinData, DIFFUSION, DUAL_ENCODER } from '../support/builtin.ts';
import { gdbench, submit } from '../support/command.ts';
import { follow, liveClient, type Progress } from '../support/graphql.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let folder: string;
beforeAll(async () => {
  stack = await startStack({ data: builtinData() });
  await stack.startWorker('a');
  folder = await mkdtemp(join(tmpdir(), 'gdbench-broken-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await stack.close();
});

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
  expect(failure?.remedy).toBeTruthy();
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
