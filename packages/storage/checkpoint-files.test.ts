import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LITTER } from '../../test/support/litter.ts';
import { checkpointFiles, pathInside } from './checkpoint-files.ts';

const DIFFUSION = ['model_index.json', 'unet/model.onnx', 'unet/config.json', 'text_encoder/model.onnx'];
const ENCODER = ['config.json', 'onnx/text_model.onnx', 'onnx/vision_model.onnx', 'tokenizer.json'];
const CHECKPOINTS = [DIFFUSION, ENCODER, [...DIFFUSION, 'README.md']];
const BESIDE = ['README.md', 'LICENSE', 'download.zip', 'samples/one.png', 'notes/read.txt'];

const below = (folder: string, paths: readonly string[]) => paths.map((path) => `${folder}${path}`);
const insideOf = (paths: readonly string[]) => {
  const { root, paths: kept } = checkpointFiles(paths);
  return { root, inside: kept.map((path) => pathInside(root, path)) };
};

describe('the checkpoint among the files of a folder', () => {
  it.each(CHECKPOINTS)('is all of them where it is the folder itself', (...paths) => {
    expect(checkpointFiles(paths)).toEqual({ root: '', paths, leftOut: [] });
  });

  it('leaves out what no checkpoint needs, and says so', () => {
    const found = checkpointFiles([...DIFFUSION, ...LITTER]);
    expect(found).toEqual({ root: '', paths: DIFFUSION, leftOut: LITTER });
  });

  it('is the one folder that holds a model, at any depth and beside whatever is of no model', () => {
    for (const files of CHECKPOINTS)
      for (const folder of ['sd/', 'a/b/', 'models--x--y/snapshots/0a1b/'])
        expect(insideOf([...below(folder, files), ...BESIDE, ...LITTER])).toEqual({
          root: folder.slice(0, -1),
          inside: files,
        });
  });

  it('is a snapshot of a cache, whose blobs have no names', () => {
    const cache = [
      'models--x--y/blobs/0123',
      'models--x--y/refs/main',
      ...below('models--x--y/snapshots/0a/', ENCODER),
    ];
    expect(insideOf(cache)).toEqual({ root: 'models--x--y/snapshots/0a', inside: ENCODER });
  });

  it('is never one of several, one of its own parts, or beside files of a model', () => {
    const several = [...below('a/', DIFFUSION), ...below('b/', ENCODER)];
    expect(insideOf(several)).toEqual({ root: '', inside: several });
    for (const part of ['unet', 'text_encoder', 'tokenizer_2', 'visual'])
      expect(insideOf([`${part}/config.json`, `${part}/model.onnx`]).root).toBe('');
    expect(insideOf(['model.safetensors', ...below('a/', DIFFUSION)]).root).toBe('');
    expect(insideOf(['onnx/model.onnx']).root).toBe('');
    expect(insideOf(below('onnx/', ['config.json', 'model.onnx'])).root).toBe('onnx');
  });

  it('is found again in itself, whatever is given, and nothing is lost or made up', () => {
    const part = fc.constantFrom('a', 'b', 'onnx', 'unet', 'snapshots', '.git', '..', '.', '', '__MACOSX');
    const name = fc.constantFrom('config.json', 'model.onnx', 'model_index.json', 'README.md', '._x', 'x.tmp', '');
    const path = fc.tuple(fc.array(part, { maxLength: 4 }), name).map(([parts, last]) => [...parts, last].join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 8 }), (given) => {
        const { root, paths, leftOut } = checkpointFiles(given);
        expect([...paths, ...leftOut].sort()).toEqual([...given].sort());
        const inside = paths.map((one) => pathInside(root, one));
        expect(checkpointFiles(inside)).toEqual({ root: '', paths: inside, leftOut: [] });
      }),
    );
  });
});
