import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { folderCalled } from '@gdbench/storage/remedy';
import { describe, expect, it } from 'vitest';
import { tarOf, zipOf } from '../../test/support/archive.ts';
import { type Files, folderOf, without } from '../../test/support/folder.ts';
import { onnxModel } from '../../test/support/onnx-writer.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { TINY_DIFFUSION, tinyDiffusion, tinyUnet } from '../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * What is packed, or was not downloaded to its end, in the place of a checkpoint, of a part of it or of a file.
 */

const run = promisify(execFile);
const ldm = tinyDiffusion();
const clip = tinyClip();
const ZIP = await zipOf({ 'unet/model.onnx': '' });
const SEVEN_ZIP = Buffer.concat([Buffer.from('7z\xbc\xaf\x27\x1c\0\x04', 'latin1'), Buffer.alloc(24)]);
const GZ = gzipSync('x');
const WEIGHTS = new Uint8Array(Float32Array.of(0.9).buffer);
/** A U-Net with weights beside it. */
const big: Files = {
  ...ldm,
  'unet/model.onnx': onnxModel({
    ...tinyUnet(TINY_DIFFUSION),
    weights: tinyUnet(TINY_DIFFUSION).weights.map((one) =>
      one.name === 'a' ? { ...one, external: { location: 'model.onnx_data', offset: 0, length: 4 } } : one,
    ),
  }),
  'unet/model.onnx_data': WEIGHTS,
};
const bare = without(ldm, 'unet/model.onnx', 'vae_encoder/model.onnx', 'text_encoder/model.onnx');

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  [
    'all of it as a zip',
    { 'checkpoint.zip': ZIP },
    'checkpoint.zip',
    /^checkpoint.zip is an archive, where a model that was exported to ONNX is expected; unpack it and give the folder that comes out: `cd \d+ && unzip checkpoint.zip -d checkpoint`\.$/,
  ],
  [
    'all of it as a tar',
    { 'model.tar.gz': GZ },
    'model.tar.gz',
    /: `cd \d+ && mkdir -p model && tar -xf model.tar.gz -C model`\.$/,
  ],
  ['all of it as a 7z', { 'sd.7z': SEVEN_ZIP }, 'sd.7z', /: `cd \d+ && 7z x sd.7z -osd`\.$/],
  ['all of it as a RAR', { 'sd.rar': 'Rar!\x1a\x07\x01' }, 'sd.rar', /: `cd \d+ && unrar x sd.rar sd\/`\.$/],
  [
    'all of it as a zip that is cut short',
    { 'checkpoint.zip': ZIP.slice(0, 60) },
    'checkpoint.zip',
    /^checkpoint.zip is an archive that is cut short, where a whole one is expected; download it again: `hf download OWNER\/MODEL checkpoint.zip --local-dir \d+`\.$/,
  ],
  [
    'all of it as a 7z that is cut short',
    { 'sd.7z': Buffer.from(SEVEN_ZIP.map((byte, at) => (at === 20 ? 9 : byte))) },
    'sd.7z',
    /is an archive that is cut short/,
  ],
  [
    'a page of that name',
    { 'sd.zip': '<!DOCTYPE html><html></html>' },
    'sd.zip',
    /^sd.zip is a web page \(HTML\), where an archive is expected/,
  ],
  ['a file of nothing', { 'sd.zip': '' }, 'sd.zip', /^sd.zip is empty \(0 bytes\), where an archive is expected/],
  [
    'each graph packed by itself',
    { ...bare, 'unet/model.onnx.gz': GZ, 'vae_encoder/model.onnx.xz': Buffer.from('\xfd7zXZ\0YZ', 'latin1') },
    'unet/model.onnx.gz',
    /^unet\/model.onnx.gz is packed, .*; unpack it: `cd \d+ && gunzip unet\/model.onnx.gz`; vae_encoder\/model.onnx.xz is packed, .* && unxz vae_encoder\/model.onnx.xz`\.$/,
  ],
  [
    'every part as a zip',
    { ...bare, 'unet.zip': ZIP, 'vae_encoder.zip': ZIP },
    'unet.zip',
    /^unet.zip is an archive, .*; unpack it: `cd \d+ && unzip -j unet.zip -d unet`; vae_encoder.zip is an archive, /,
  ],
  [
    'a part as a zip',
    { ...without(ldm, 'unet'), 'unet.zip': ZIP },
    'unet/',
    /^unet\/ is missing, though unet.zip is there, where the folder of a part is expected; unpack it: `cd \d+ && unzip -j unet.zip -d unet`\.$/,
  ],
  [
    'a part as a 7z',
    { ...without(ldm, 'vae_encoder'), 'vae_encoder.7z': SEVEN_ZIP },
    'vae_encoder/',
    /^vae_encoder\/ is missing, though vae_encoder.7z is there, .*; unpack it: `cd \d+ && 7z e vae_encoder.7z -ovae_encoder`\.$/,
  ],
  [
    'a part as a zip that is cut short',
    { ...without(ldm, 'unet'), 'unet.zip': ZIP.slice(0, 60) },
    'unet/',
    /; unet.zip is an archive that is cut short, where a whole one is expected; download it again: /,
  ],
  [
    'a graph as a zip in its folder',
    { ...without(ldm, 'unet/model.onnx'), 'unet/unet.zip': ZIP },
    'unet/model.onnx',
    /^unet\/model.onnx is missing, though unet\/unet.zip is there, where an ONNX model is expected; unpack it: `cd \d+ && unzip -j unet\/unet.zip -d unet`\.$/,
  ],
  [
    'a graph packed by itself',
    { ...without(clip, 'vision_model.onnx'), 'vision_model.onnx.gz': GZ },
    'vision_model.onnx',
    /^vision_model.onnx is missing, though vision_model.onnx.gz is there, .*; unpack it: `cd \d+ && gunzip vision_model.onnx.gz`\.$/,
  ],
  [
    'a tokenizer packed',
    { ...without(clip, 'vocab.json', 'merges.txt'), 'tokenizer.json.gz': GZ },
    'tokenizer.json',
    /^tokenizer.json is missing, though tokenizer.json.gz is there, .*; unpack it: /,
  ],
  [
    'weights of a graph packed',
    { ...without(big, 'unet/model.onnx_data'), 'unet/model.onnx_data.zip': ZIP },
    'unet/model.onnx_data',
    /^unet\/model.onnx_data is missing, though unet\/model.onnx_data.zip is there, where a file with weights of unet\/model.onnx is expected; unpack it: `cd \d+ && unzip -j /,
  ],
  [
    'weights of a graph under their own name, packed',
    { ...big, 'unet/model.onnx_data': Buffer.from('PK\x03', 'latin1') },
    'unet/model.onnx_data',
    /^unet\/model.onnx_data is cut short: it has 3 bytes, where a file of 4 bytes/,
  ],
  [
    'a tar under the name of a graph',
    { ...clip, 'vision_model.onnx': await tarOf({ 'vision_model.onnx': '' }) },
    'vision_model.onnx',
    /^vision_model.onnx is a tar archive, .*; unpack it: `cd \d+ && mv vision_model.onnx vision_model.onnx.tar && tar -xf vision_model.onnx.tar --transform 's,\.\*\/,,'`\.$/,
  ],
  [
    'a packed tar under the name of a graph',
    { ...ldm, 'unet/model.onnx': gzipSync(await tarOf({ 'unet/model.onnx': '' })) },
    'unet/model.onnx',
    /^unet\/model.onnx is a gzip archive, .*mv unet\/model.onnx unet\/model.onnx.tar && mkdir -p unet && tar -xf unet\/model.onnx.tar -C unet/,
  ],
  [
    'a packed graph under its own name',
    { ...clip, 'vision_model.onnx': GZ },
    'vision_model.onnx',
    /is a gzip archive, .*`cd \d+ && mv vision_model.onnx vision_model.onnx.gz && gunzip vision_model.onnx.gz`\.$/,
  ],
  [
    'weights of PyTorch, which are a zip',
    { ...clip, 'vision_model.onnx': await zipOf({ 'archive/data.pkl': '' }) },
    'vision_model.onnx',
    /^vision_model.onnx is PyTorch weights \(a zip that torch.save wrote\), where an ONNX model is expected; export the model/,
  ],
  [
    'a download that did not end',
    { ...without(ldm, 'unet/model.onnx'), 'unet/model.onnx.part': 'x' },
    'unet/model.onnx',
    /^unet\/model.onnx is missing, though unet\/model.onnx.part is there, a download that did not end, where an ONNX model is expected; download it again: `hf download OWNER\/MODEL unet\/model.onnx --local-dir \d+`\.$/,
  ],
  [
    'one that a browser has not named yet',
    { ...without(clip, 'vision_model.onnx'), 'Unconfirmed 4711.crdownload': 'x' },
    'vision_model.onnx',
    /^vision_model.onnx is missing, though Unconfirmed 4711.crdownload is there, a download that did not end, /,
  ],
  [
    'one of weights',
    { ...without(big, 'unet/model.onnx_data'), 'unet/model.onnx_data.incomplete': 'x' },
    'unet/model.onnx_data',
    /^unet\/model.onnx_data is missing, though unet\/model.onnx_data.incomplete is there, a download that did not end, /,
  ],
  [
    'nothing else',
    { 'model.onnx.crdownload': 'x' },
    '',
    /^The folder is empty but for model.onnx.crdownload, a download that did not end, .*; download the whole model: `hf download OWNER\/MODEL --local-dir \d+`\.$/,
  ],
  [
    'nothing else beside the configurations',
    { ...bare, 'unet/model.onnx.part': 'x' },
    'unet/model.onnx.part',
    /^unet\/model.onnx.part is a download that did not end, where a model that was exported to ONNX is expected; download it again: /,
  ],
  [
    'weights of their whole length, of which not all is there yet',
    { ...big, 'unet/model.onnx_data': new Uint8Array(4), 'unet/model.onnx_data.aria2': 'x' },
    'unet/model.onnx_data',
    /^unet\/model.onnx_data is a download that did not end, for unet\/model.onnx_data.aria2 is beside it, where a file with weights of unet\/model.onnx is expected; download it again: /,
  ],
  [
    'a graph of its whole length, of which not all is there yet',
    { ...clip, 'vision_model.onnx.aria2': 'x' },
    'vision_model.onnx',
    /^vision_model.onnx is a download that did not end, for vision_model.onnx.aria2 is beside it, where an ONNX model is expected/,
  ],
];

describe('in the place of what it should be, it is said where there is', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspectCheckpoint(await folderOf(files)), file, reason);
  });
});

describe('the command that is given', () => {
  const commandOf = (reason: string) => /`(cd [^`]*)`/.exec(reason)?.[1] ?? '';

  it.each<[title: string, pack: (dir: string) => Promise<void>]>([
    [
      'unpacks a part that was packed with its folder',
      (dir) => tarred(dir, 'unet.tar.gz', ['-C', dir, 'unet'], 'unet'),
    ],
    ['unpacks a part that was packed without', (dir) => tarred(dir, 'unet.tar', ['-C', `${dir}/unet`, '.'], 'unet')],
    ['unpacks a graph', (dir) => gzipped(dir, 'unet/model.onnx')],
    [
      'unpacks a graph that kept its name',
      async (dir) => {
        await gzipped(dir, 'unet/model.onnx');
        await rename(path.join(dir, 'unet/model.onnx.gz'), path.join(dir, 'unet/model.onnx'));
      },
    ],
    [
      'unpacks an archive that has a graph’s name',
      async (dir) => {
        await tarred(dir, 'packed', ['-C', dir, 'unet/model.onnx'], 'unet/model.onnx');
        await rename(path.join(dir, 'packed'), path.join(dir, 'unet/model.onnx'));
      },
    ],
  ])('%s', async (_, pack) => {
    const dir = await folderOf(ldm);
    await pack(dir);
    const before = await inspectCheckpoint(dir, { name: folderCalled(dir) });
    if (before.ok) throw new Error('accepted');
    await run('sh', ['-c', commandOf(before.reason)]);
    const after = await inspectCheckpoint(dir);
    expect(after.ok || after.reason).toBe(true);
  });

  async function tarred(dir: string, file: string, what: readonly string[], gone: string): Promise<void> {
    await run('tar', [file.endsWith('z') ? '-czf' : '-cf', path.join(dir, file), ...what]);
    await rm(path.join(dir, gone), { recursive: true });
  }

  async function gzipped(dir: string, file: string): Promise<void> {
    await writeFile(path.join(dir, `${file}.gz`), gzipSync(await readFile(path.join(dir, file))));
    await rm(path.join(dir, file));
  }
});

it('of whatever precision a part’s one graph is, its faults are told with the others', async () => {
  const dir = await folderOf({
    ...without(ldm, 'unet/model.onnx', 'scheduler'),
    'unet/model_fp16.onnx': 'not a graph',
  });
  const inspection = await inspectCheckpoint(dir);
  expect(!inspection.ok && inspection.faults.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['scheduler/', 'unet/model_fp16.onnx']),
  );
});
