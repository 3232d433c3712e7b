import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newFolder, writeFiles } from '../../../test/support/folder.ts';
import { type GraphSpec, type Op, onnxModel, TYPES, type Weights } from '../../../test/support/onnx-writer.ts';
import { openModel } from '../runtime/session.ts';
import { openFolder } from './folder.ts';
import { readOnnx, readWithZeroNoise } from './onnx.ts';

const scratch = newFolder();

const SHIFT = 0.75;
const IMAGE = Float32Array.of(1, -2, 3, 0.5, 0.25, -8);

/** latent = sample + shift + noise, all of 1 by 6 numbers; the noise is of the type that `draw` makes. */
function encoder(draw: Op, type: 'float32' | 'float16' = 'float32', shift: Partial<Weights> = {}): GraphSpec {
  return {
    inputs: [{ name: 'sample', type: 'float32', shape: [1, 6] }],
    outputs: [{ name: 'latent_sample', type, shape: [1, 6] }],
    weights: [{ name: 'shift', dims: [1], data: Float32Array.of(SHIFT), ...shift }],
    ops: [
      { op: 'Add', in: ['sample', 'shift'], out: 'single' },
      { op: 'Cast', in: ['single'], out: 'mean', attributes: { to: TYPES[type] } },
      draw,
      { op: 'Add', in: ['mean', 'noise'], out: 'latent_sample' },
    ],
  };
}

let folders = 0;
async function folderOf(files: Record<string, string | Uint8Array>) {
  const dir = path.join(scratch, String(folders++));
  await writeFiles(dir, files);
  return openFolder(dir);
}

async function meanOf(files: Record<string, string | Uint8Array>): Promise<number[]> {
  const folder = await folderOf(files);
  expect((await readOnnx(folder, 'vae/model.onnx')).random).toMatch(/^RandomNormal/);
  const bytes = await readWithZeroNoise(folder, 'vae/model.onnx');
  const model = await openModel(bytes, 'vae/model.onnx', { device: 'cpu', threads: 1, warn: () => {} });
  const { data } = await model.run({ sample: { data: IMAGE, dims: [1, 6] } }, 'latent_sample');
  await model.close();
  return [...data];
}

const drawn = (attributes: Record<string, number | readonly number[]> = {}): Op => ({
  op: 'RandomNormal',
  in: [],
  out: 'noise',
  attributes: { shape: [1, 6], ...attributes },
});
const like: Op = { op: 'RandomNormalLike', in: ['mean'], out: 'noise' };
const likeOf = (other: string, dtype: keyof typeof TYPES): Op => ({
  ...like,
  in: [other],
  attributes: { dtype: TYPES[dtype] },
});
const want = Array.from(IMAGE, (value) => value + SHIFT);

describe('an encoder that draws a sample gives the mean', () => {
  it.each([
    ['a draw like its mean', onnxModel(encoder(like))],
    ['a draw of a shape', onnxModel(encoder(drawn()))],
    ['a draw in half precision', onnxModel(encoder(drawn({ dtype: TYPES.float16 }), 'float16'))],
    ['a draw like a mean in half precision', onnxModel(encoder(like, 'float16'))],
    ['a draw that states its type', onnxModel(encoder(likeOf('mean', 'float32')))],
    ['a draw of another type than what it is like', onnxModel(encoder(likeOf('single', 'float16'), 'float16'))],
  ])('for %s', async (_, model) => {
    expect(await meanOf({ 'vae/model.onnx': model })).toEqual(want);
  });

  it('also where its weights lie in a file beside it, at an offset or to the end of the file', async () => {
    const weights = new Uint8Array(Float32Array.of(99, SHIFT).buffer);
    for (const length of [{ length: 4 }, {}]) {
      const external = { location: 'weights.bin', offset: 4, ...length };
      const model = onnxModel(encoder(like, 'float32', { external }));
      expect(await meanOf({ 'vae/model.onnx': model, 'vae/weights.bin': weights })).toEqual(want);
    }
  });
});

describe('an encoder that samples is refused', () => {
  const attempt = async (model: Uint8Array) =>
    readWithZeroNoise(await folderOf({ 'vae/model.onnx': model }), 'vae/model.onnx');

  it.each([
    ['a draw of no floating type', likeOf('mean', 'int64')],
    ['uniform numbers', { ...drawn(), op: 'RandomUniform' }],
    ['a draw larger than any latent', drawn({ shape: [2 ** 20, 2 ** 20] })],
  ])('for %s', async (_, draw) => {
    await expect(attempt(onnxModel(encoder(draw)))).rejects.toThrow(/re-export: this encoder samples/);
  });

  it('before a weight file outside the folder is read', async () => {
    const model = onnxModel(encoder(like, 'float32', { external: { location: '../../outside' } }));
    await expect(attempt(model)).rejects.toThrow(/which is outside the folder/);
  });
});
