import { expect, test } from 'vitest';
import { isJunk } from './junk.ts';

test.each([
  '.gitattributes',
  '.git/objects/ab/cd',
  'unet/.DS_Store',
  '._model.onnx',
  '.cache/huggingface/download/model.onnx.lock',
  '__MACOSX/unet/model.onnx',
  'onnx/Thumbs.db',
  'THUMBS.DB',
  'desktop.ini',
  '__pycache__/a.cpython-311.pyc',
  'optimizer.pt',
  'checkpoint/rng_state_0.pth',
  'training_args.bin',
  'unet/model.onnx.tmp',
  'model.onnx.crdownload',
  'config.json~',
  '...',
])('%s is junk', (path) => expect(isJunk(path)).toBe(true));

test.each([
  'model_index.json',
  'unet/model.onnx',
  'unet/model.onnx_data',
  'scheduler/scheduler_config.json',
  'README.md',
  'model.bin',
  'a.b/c',
  'optimizer.json',
  'tmp/model.onnx',
  '../model.onnx',
  './model.onnx',
  '',
])('%j is none', (path) => expect(isJunk(path)).toBe(false));
