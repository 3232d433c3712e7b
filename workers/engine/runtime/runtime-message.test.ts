import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder } from '../../../test/support/folder.ts';
import { type Op, onnxModel, type Weights } from '../../../test/support/onnx-writer.ts';
import { runtimeMessage } from './runtime-message.ts';
import { openModel } from './session.ts';

const scratch = newFolder();

/** What is said of a graph of one node that is given three numbers, read from a file or from bytes. */
async function said(op: Op, weights: Weights, from: 'file' | 'bytes'): Promise<string> {
  const bytes = onnxModel({
    inputs: [{ name: 'x', type: 'float32', shape: ['n'] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['m'] }],
    ops: [op],
    weights: [weights],
  });
  const file = path.join(scratch, 'model.onnx');
  await writeFile(file, bytes);
  const attempt = async () => {
    const source = from === 'file' ? file : bytes;
    const model = await openModel(source, 'model.onnx', { device: 'cpu', threads: 1, warn: () => {} });
    try {
      await model.run({ x: { data: Float32Array.of(1, 2, 3), dims: [3] } }, 'y');
    } finally {
      await model.close();
    }
  };
  return attempt().then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}

const SHAPE: Weights = { name: 'w', dims: [1], data: BigInt64Array.of(5n) };
const ELSEWHERE: Weights = {
  name: 'w',
  dims: [1],
  data: Float32Array.of(0),
  external: { location: 'gone.bin', length: 4 },
};

describe('an error of ONNX Runtime', () => {
  it.each(['file', 'bytes'] as const)('from %s is told without places in its source', async (from) => {
    const message = await said({ op: 'Reshape', in: ['x', 'w'], out: 'y' }, SHAPE, from);
    expect(message).toMatch(/^model.onnx fails when it runs: .*Reshape/);
    expect(message).toContain('Input shape:{3}, requested shape:{5}, where a graph that runs');
    expect(message).not.toMatch(/onnxruntime|\.h:|::/);
  });

  it.each(['file', 'bytes'] as const)('from %s is told without folders of the machine', async (from) => {
    const message = await said({ op: 'Add', in: ['x', 'w'], out: 'y' }, ELSEWHERE, from);
    expect(message).toMatch(/^model.onnx cannot be loaded by ONNX Runtime: /);
    expect(message).toContain('gone.bin');
    expect(message).not.toContain(scratch);
    expect(message).not.toContain(process.cwd());
    expect(message).not.toMatch(/\.cc:/);
  });

  const source = '/data/jobs/7/unet/model.onnx';
  it.each([
    ['Load model from /data/jobs/7/unet/model.onnx failed:no.', 'Load model from model.onnx failed:no'],
    ['/data/jobs/7/unet/model.onnx_data is short', 'model.onnx_data is short'],
    ['The path "/data/jobs/7/unet/a/w.bin" leaves /data/jobs/7/unet', 'The path "a/w.bin" leaves the folder'],
    [
      'Message: /src/core/a-b.cc:12 virtual onnxruntime::Status onnxruntime::F<float>::Compute(void (*)(int), long) const [with T = float] a == b was false.\n(x)',
      'Message: a == b was false. (x)',
    ],
    ['failed.tensors.cc:7 Read Out (of) bounds', 'failed.Out (of) bounds'],
    [
      'CUDA failure 100: no device ; GPU=-1 ; hostname=box ; file=/src/cuda_call.cc ; line=129 ; expr=f(); ',
      'CUDA failure 100: no device ; GPU=-1',
    ],
    ['In node /text_model/layers.0/MatMul: 2 by 3', 'In node /text_model/layers.0/MatMul: 2 by 3'],
  ])('%j becomes %j', (message, want) => {
    expect(runtimeMessage(new Error(message), source)).toBe(want);
  });

  it('is cut where it is long, and says so with three dots', () => {
    expect(runtimeMessage(new Error('ab. '.repeat(1000)), source)).toMatch(/^(ab\. ){59}ab\.\.\.\.$/);
    expect(runtimeMessage(new Error(`${'a'.repeat(300)}.`), source)).toBe(`${'a'.repeat(240)}...`);
  });
});
