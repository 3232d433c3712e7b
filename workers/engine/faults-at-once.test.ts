import { folderCalled } from '@gdbench/storage/remedy';
import { describe, expect, it } from 'vitest';
import { LFS_POINTER, WEB_PAGE } from '../../test/support/disguises.ts';
import { each } from '../../test/support/each.ts';
import { type Files, folderOf, merged } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { tinyDiffusion, withUnetOp } from '../../test/support/tiny-checkpoints.ts';
import { inspectCheckpoint } from './inspect.ts';

const ldm = tinyDiffusion();

describe('all faults are told at once', () => {
  const broken: Files = {
    ...ldm,
    'unet/model.onnx': LFS_POINTER,
    'text_encoder/model.onnx': LFS_POINTER,
    'tokenizer/vocab.json': WEB_PAGE,
    'scheduler/scheduler_config.json': '{"beta_start": }',
    'vae_encoder/model.onnx': new Uint8Array(0),
  };

  it('in one line, each file with what was found, expected and mends it', async () => {
    const inspection = await inspectCheckpoint(await folderOf(broken), { name: folderCalled('/home/me/my model') });
    if (inspection.ok) throw new Error('accepted');
    expect(new Set(inspection.faults.map(({ file }) => file))).toEqual(
      new Set([
        'unet/model.onnx',
        'text_encoder/model.onnx',
        'tokenizer/vocab.json',
        'scheduler/scheduler_config.json',
        'vae_encoder/model.onnx',
      ]),
    );
    for (const fault of each(inspection.faults))
      for (const part of [fault.expected, fault.found, fault.remedy, fault.message]) expect(part).toMatch(/\S/);
    expect(inspection.reason).not.toContain('\n');
    expect(inspection.reason).toMatch(
      /is a Git LFS pointer, where an ONNX model is expected, and the same goes for \S+\/model.onnx; .*`cd '\/home\/me\/my model' && git lfs pull`;/,
    );
  });

  it('those of many files alike as one, counted', async () => {
    const parts = ['unet/model.onnx', 'text_encoder/model.onnx', 'vae_encoder/model.onnx'];
    const jsons = [
      'unet/config.json',
      'vae_encoder/config.json',
      'scheduler/scheduler_config.json',
      'tokenizer/vocab.json',
      'tokenizer/special_tokens_map.json',
      'tokenizer/tokenizer_config.json',
      'model_index.json',
    ];
    const pointers = Object.fromEntries([...parts, ...jsons].map((file) => [file, LFS_POINTER]));
    const inspection = await inspectCheckpoint(await folderOf({ ...ldm, ...pointers }));
    if (inspection.ok) throw new Error('accepted');
    expect(new Set(inspection.faults.map(({ file }) => file))).toEqual(new Set([...parts, ...jsons]));
    expect(inspection.reason).toMatch(/\(7 files in all\)/);
  });

  it('also those of graphs that ONNX Runtime cannot load, whatever else is wrong', async () => {
    const swirl = withUnetOp({ op: 'Swirl', domain: 'my.studio', in: ['x'], out: 'swirled' });
    const files = {
      ...merged(swirl, 'scheduler/scheduler_config.json', { beta_end: 'x' }),
      'text_encoder/model.onnx': LFS_POINTER,
    };
    const inspection = await inspectCheckpoint(await folderOf(files));
    expect(!inspection.ok && new Set(inspection.faults.map(({ file }) => file))).toEqual(
      new Set(['unet/model.onnx', 'scheduler/scheduler_config.json', 'text_encoder/model.onnx']),
    );
  });
});

describe('a graph for a GPU', () => {
  it('is judged on the device that was asked for, which is named where it cannot be used', async () => {
    const files = withUnetOp(
      {
        op: 'GroupNorm',
        domain: 'com.microsoft',
        in: ['x', 'gamma', 'gamma'],
        out: 'norm',
        attributes: { groups: 1, activation: 0, channels_last: 1 },
      },
      [{ name: 'gamma', dims: [3], data: Float32Array.of(1, 1, 1) }],
    );
    const reason =
      /operator com.microsoft.GroupNorm does not exist for the CPU, since tensorrt cannot be used here, .*submit the unoptimised export \(`[^`]+`\)\.$/;
    expectRefusal(await inspectCheckpoint(await folderOf(files), { device: 'tensorrt' }), 'unet/model.onnx', reason);
  });
});
