import { describe, it } from 'vitest';
import { zipOf } from '../../test/support/archive.ts';
import { LFS_POINTER, WEB_PAGE } from '../../test/support/disguises.ts';
import { type Files, folderOf, without } from '../../test/support/folder.ts';
import { onnxModel } from '../../test/support/onnx-writer.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { safetensors } from '../../test/support/safetensors.ts';
import { changedUnet, tinyDiffusion, withUnetOp } from '../../test/support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip, tinyTowers } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * What people have in the place of a checkpoint's file, and what they should hear, each by a folder that somebody had.
 */

const ldm = tinyDiffusion();
const clip = tinyClip();

const LOGIN = '<html><body>Access is gated: please log in <input type="password"></body></html>';
const ZIP = await zipOf({ 'sd/model_index.json': '' });

const scale = { name: 'gamma', dims: [3], data: Float32Array.of(1, 1, 1) };

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  [
    'a Git LFS pointer as the U-Net',
    { ...ldm, 'unet/model.onnx': LFS_POINTER },
    'unet/model.onnx',
    /^unet\/model.onnx is a Git LFS pointer, where an ONNX model is expected; .*`cd \d+ && git lfs pull`\.$/,
  ],
  [
    '... as a tokenizer',
    { ...ldm, 'tokenizer/vocab.json': LFS_POINTER },
    'tokenizer/vocab.json',
    /is a Git LFS pointer/,
  ],
  ['... as merges', { ...ldm, 'tokenizer/merges.txt': LFS_POINTER }, 'tokenizer/merges.txt', /is a Git LFS pointer/],
  ['... as a configuration', { ...clip, 'config.json': LFS_POINTER }, 'config.json', /is a Git LFS pointer/],
  [
    '... as weights of a graph',
    {
      ...changedUnet((spec) => ({
        ...spec,
        weights: spec.weights.map((one) =>
          one.name === 'a' ? { ...one, external: { location: 'model.onnx_data' } } : one,
        ),
      })),
      'unet/model.onnx_data': LFS_POINTER,
    },
    'unet/model.onnx_data',
    /is a Git LFS pointer, where a file with weights of unet\/model.onnx is expected; .*git lfs pull/,
  ],
  [
    'a web page as a configuration',
    { ...clip, 'config.json': WEB_PAGE },
    'config.json',
    /^config.json is a web page \(HTML\), where a JSON file is expected; download the file itself: `hf download OWNER\/MODEL config.json --local-dir \d+`/,
  ],
  [
    'a page that asks for a login as a graph',
    { ...clip, 'vision_model.onnx': LOGIN },
    'vision_model.onnx',
    /is a web page \(HTML\) that asks for a login, where an ONNX model is expected; log in and download the file itself: `hf auth login && hf download /,
  ],
  [
    'the answer of a server as a graph',
    { ...clip, 'text_model.onnx': 'Entry not found' },
    'text_model.onnx',
    /is the error message of a server \(Entry not found\)/,
  ],
  [
    'an error as a configuration',
    { ...clip, 'config.json': { error: 'Repository not found' } },
    'config.json',
    /is the error message of a server \(\{"error":"Repository not found"\}\)/,
  ],
  [
    'an empty configuration',
    { ...clip, 'preprocessor_config.json': '' },
    'preprocessor_config.json',
    /is empty \(0 bytes\)/,
  ],
  [
    'an archive as a graph',
    { ...clip, 'vision_model.onnx': ZIP },
    'vision_model.onnx',
    /is a zip, .*unzip -j vision_model.onnx.zip`\.$/,
  ],
  [
    'a graph that is cut short',
    { ...ldm, 'unet/model.onnx': (ldm['unet/model.onnx'] as Uint8Array).slice(0, 300) },
    'unet/model.onnx',
    /is not an ONNX model: it is cut short, \d+ bytes before its end/,
  ],
  [
    'configurations without weights',
    without(ldm, 'unet/model.onnx', 'vae_encoder/model.onnx', 'text_encoder/model.onnx'),
    '',
    /^The folder holds the configuration of a model \(model_index.json, .*\), and neither an ONNX model nor other weights, .*`hf download /,
  ],
  [
    'weights of PyTorch as a graph',
    { ...clip, 'vision_model.onnx': safetensors(['conv_in.weight']) },
    'vision_model.onnx',
    /^vision_model.onnx is not an ONNX model: it is PyTorch weights \(safetensors\), /,
  ],
  [
    'a pickle as a graph',
    { ...clip, 'vision_model.onnx': Uint8Array.from([0x80, 2, 0x63]) },
    'vision_model.onnx',
    /it is PyTorch weights \(a pickle\)/,
  ],
  [
    'a name in other letters',
    { ...without(clip, 'config.json'), 'Config.json': {} },
    'config.json',
    /^config.json is missing, though Config.json is there, .*`mv \d+\/Config.json \d+\/config.json`/,
  ],
  [
    'a graph in other letters',
    { ...without(clip, 'text_model.onnx', 'vision_model.onnx'), 'Model.ONNX': clip['text_model.onnx']! },
    'model.onnx',
    /^model.onnx is missing, though Model.ONNX is there/,
  ],
  [
    'the half of a pair',
    without(clip, 'vision_model.onnx'),
    'vision_model.onnx',
    /^vision_model.onnx is missing: .*, where an encoder of images beside text_model.onnx is expected/,
  ],
  [
    'a pair of lower precision',
    {
      ...without(clip, 'text_model.onnx', 'vision_model.onnx'),
      'onnx/text_model_q4.onnx': clip['text_model.onnx']!,
      'onnx/vision_model_q4.onnx': clip['vision_model.onnx']!,
    },
    'onnx/text_model.onnx',
    /^onnx\/text_model.onnx is missing, though onnx\/text_model_q4.onnx is there, .*`mv .*; onnx\/vision_model.onnx is missing, though onnx\/vision_model_q4.onnx is there, /,
  ],
  [
    'a NaFlex model',
    { ...clip, 'vision_model.onnx': naflex() },
    'vision_model.onnx',
    /is of a NaFlex model, .*\(inputs `pixel_attention_mask`, `spatial_shapes`\)/,
  ],
  [
    'a graph that was optimised for a GPU',
    withUnetOp(
      {
        op: 'GroupNorm',
        domain: 'com.microsoft',
        in: ['x', 'gamma', 'gamma'],
        out: 'norm',
        attributes: { groups: 1, activation: 0, channels_last: 1 },
      },
      [scale],
    ),
    'unet/model.onnx',
    /its operator com.microsoft.GroupNorm does not exist for the CPU, since the graph was optimised for a GPU provider, .*submit the unoptimised export \(`optimum-cli export onnx .*`\)/,
  ],
  [
    'an operator of nobody',
    withUnetOp({ op: 'Swirl', domain: 'my.studio', in: ['x'], out: 'swirled' }),
    'unet/model.onnx',
    /it has the operator my.studio.Swirl, which ONNX Runtime does not know/,
  ],
  [
    'numbers that the CPU cannot compute with',
    changedUnet((spec) => ({
      ...spec,
      weights: [...spec.weights, { name: 'half', dims: [1], data: Uint16Array.of(0x3f80) }],
      ops: [
        ...spec.ops.slice(0, 3),
        { op: 'Cast', in: ['x'], out: 'short', attributes: { to: 16 } },
        { op: 'MatMul', in: ['short', 'short'], out: 'squared' },
        ...spec.ops.slice(3),
      ],
    })),
    'unet/model.onnx',
    /it computes in bfloat16 \(operator MatMul\), which does not exist for the CPU, .*--dtype fp32/,
  ],
  [
    'a comment in a configuration',
    { ...ldm, 'unet/config.json': '{\n  // of the latent\n  "sample_size": 3\n}' },
    'unet/config.json',
    /^unet\/config.json is not valid JSON \(line 2, column 3: a comment stands there\)/,
  ],
  [
    'a comma too many',
    { ...ldm, 'unet/config.json': '{"sample_size": 3, "in_channels": 2,}' },
    'unet/config.json',
    /is not valid JSON \(line 1, column 37: a comma stands before the end/,
  ],
  [
    'UTF-16',
    { ...clip, 'config.json': Buffer.from('\ufeff{"model_type": "clip"}', 'utf16le') },
    'config.json',
    /^config.json is text in UTF-16, where a JSON file in UTF-8 is expected; save it as UTF-8: `iconv -f UTF-16 -t UTF-8 /,
  ],
  [
    'letters of one byte',
    { ...clip, 'config.json': Buffer.from('{"_name": "\xe9"}', 'latin1') },
    'config.json',
    /holds bytes that are no UTF-8/,
  ],
  [
    'a path that no list can hold',
    { ...clip, [`${'é'.repeat(64)}/${'é'.repeat(64)}`]: 'x' },
    `${'é'.repeat(64)}/${'é'.repeat(14)}…`,
    /has 257 bytes, where a path of at most 255 is expected/,
  ],
];

function naflex(): Uint8Array {
  const { image } = tinyTowers(TINY_CLIP);
  return onnxModel({
    ...image,
    inputs: [
      ...image.inputs,
      { name: 'pixel_attention_mask', type: 'int32', shape: ['images', 16] },
      { name: 'spatial_shapes', type: 'int32', shape: ['images', 2] },
    ],
  });
}

describe('what lies there in the place of a file is said:', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspectCheckpoint(await folderOf(files)), file, reason);
  });
});
