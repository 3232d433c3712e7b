import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderCalled } from '@gdbench/storage/remedy';
import { describe, expect, it } from 'vitest';
import { type Files, folderOf, merged, without } from '../../test/support/folder.ts';
import { type GraphSpec, onnxModel } from '../../test/support/onnx-writer.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { TINY_DIFFUSION, tinyDiffusion, tinyUnet } from '../../test/support/tiny-checkpoints.ts';
import { TINY_CLIP, tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 17 + (i >> 3)) & 255);
const ldm = tinyDiffusion();
const clip = tinyClip();
const unet = (change: (spec: GraphSpec) => GraphSpec): Files => ({
  ...ldm,
  'unet/model.onnx': onnxModel(change(tinyUnet(TINY_DIFFUSION))),
});
const weighted = (location: string, length?: number) =>
  unet((spec) => ({
    ...spec,
    weights: spec.weights.map((weights) =>
      weights.name === 'a'
        ? { ...weights, external: { location, ...(length === undefined ? {} : { length }) } }
        : weights,
    ),
  }));

/** The checkpoint with graphs that leave their sizes open. */
const openLdm = (channels: number): Files => tinyDiffusion({ ...TINY_DIFFUSION, channels, open: 'sides' });

const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  ['an empty folder', {}, '', /^The folder is empty/],
  ['hidden files only', { '.git/config': 'x' }, '', /^The folder is empty/],
  ['no checkpoint at all', { 'README.md': 'hello' }, '', /^The folder holds no checkpoint that GDBench knows/],
  [
    'random bytes as the U-Net',
    { ...ldm, 'unet/model.onnx': noise },
    'unet/model.onnx',
    /^unet\/model.onnx is not an ONNX model: /,
  ],
  [
    'text as the text encoder',
    { ...ldm, 'text_encoder/model.onnx': 'version https://git-lfs' },
    'text_encoder/model.onnx',
    /is not an ONNX model/,
  ],
  [
    'an empty file as the VAE',
    { ...ldm, 'vae_encoder/model.onnx': '' },
    'vae_encoder/model.onnx',
    /is empty \(0 bytes\), where an ONNX model is expected/,
  ],
  [
    'a U-Net cut off in the middle',
    { ...ldm, 'unet/model.onnx': (ldm['unet/model.onnx'] as Uint8Array).slice(0, 300) },
    'unet/model.onnx',
    /^unet\/model.onnx is not an ONNX model/,
  ],
  [
    'an operator that nobody knows',
    unet((spec) => ({ ...spec, ops: spec.ops.map((op) => (op.op === 'Add' ? { ...op, op: 'Addd' } : op)) })),
    'unet/model.onnx',
    /^unet\/model.onnx cannot be loaded by ONNX Runtime: .*Addd/,
  ],
  [
    'an input that is not fed',
    { ...ldm, 'unet/model.onnx': onnxModel(tinyUnet(TINY_DIFFUSION, [{ name: 'foo', type: 'float32', shape: [1] }])) },
    'unet/model.onnx',
    /^unet\/model.onnx has the input `foo`, which GDBench does not know, where a U-Net whose inputs are among `sample`, `timestep`, `encoder_hidden_states`/,
  ],
  [
    'an input under another name',
    unet((spec) => ({
      ...spec,
      inputs: spec.inputs.map((input) => (input.name === 'timestep' ? { ...input, name: 'step' } : input)),
      ops: spec.ops.map((op) => (op.in[0] === 'timestep' ? { ...op, in: ['step'] } : op)),
    })),
    'unet/model.onnx',
    /has the input `step`, which GDBench does not know/,
  ],
  [
    'no timestep',
    unet((spec) => ({
      ...spec,
      inputs: spec.inputs.filter(({ name }) => name !== 'timestep'),
      ops: spec.ops.map((op) => (op.in[0] === 'timestep' ? { ...op, in: ['c'] } : op)),
    })),
    'unet/model.onnx',
    /^unet\/model.onnx has no input `timestep` \(it has `sample`, `encoder_hidden_states`\)/,
  ],
  [
    'other channels than the config says',
    merged(ldm, 'unet/config.json', { in_channels: 4 }),
    'unet/model.onnx',
    /takes `sample` with 2 in dimension 1, but unet\/config.json gives 4/,
  ],
  [
    'a text encoder of another width',
    { ...ldm, 'text_encoder/model.onnx': tinyDiffusion({ ...TINY_DIFFUSION, width: 9 })['text_encoder/model.onnx']! },
    'unet/model.onnx',
    /takes `encoder_hidden_states` with 5 in dimension 2, but the text encoder gives 9/,
  ],
  [
    'weights that are not numbers',
    unet((spec) => ({
      ...spec,
      weights: spec.weights.map((w) => (w.name === 'a' ? { ...w, data: Float32Array.of(Number.NaN) } : w)),
    })),
    'unet/model.onnx',
    /^unet\/model.onnx gives values that are not finite/,
  ],
  [
    'no tokenizer folder',
    without(ldm, 'tokenizer'),
    'tokenizer/',
    /^tokenizer\/ is missing, though model_index.json names `tokenizer`, .* `optimum-cli export onnx --model MODEL \S+`\.$/,
  ],
  [
    'a tokenizer without its vocabulary',
    without(ldm, 'tokenizer/vocab.json'),
    'tokenizer/vocab.json',
    /^tokenizer\/vocab.json is missing: tokenizer\/ holds .*, where the file that belongs to merges.txt, or a tokenizer.json, is expected/,
  ],
  [
    'a tokenizer without anything that says its tokens',
    without(ldm, 'tokenizer/vocab.json', 'tokenizer/merges.txt'),
    'tokenizer/tokenizer.json',
    /^tokenizer\/tokenizer.json is missing: tokenizer\/ holds .*, where a tokenizer \(or its older files: vocab.json with merges.txt/,
  ],
  [
    'a tokenizer.json that is none',
    { ...ldm, 'tokenizer/tokenizer.json': { model: { type: 'Nothing' } } },
    'tokenizer/tokenizer.json',
    /^tokenizer\/tokenizer.json has the text "Nothing" as `model.type`, where one of `BPE`/,
  ],
  [
    'no scheduler',
    without(ldm, 'scheduler'),
    'scheduler/',
    /^scheduler\/ is missing, though model_index.json names `scheduler`/,
  ],
  [
    'an empty scheduler',
    { ...without(ldm, 'scheduler'), 'scheduler/README.md': 'x' },
    'scheduler/scheduler_config.json',
    /^scheduler\/scheduler_config.json is missing/,
  ],
  [
    'a schedule that nobody knows',
    merged(ldm, 'scheduler/scheduler_config.json', { beta_schedule: 'wavy' }),
    'scheduler/scheduler_config.json',
    /says `beta_schedule` is "wavy", where one of those that a DDIMScheduler knows \(linear, scaled_linear, squaredcos_cap_v2\) is expected/,
  ],
  [
    'trained betas of another number',
    merged(ldm, 'scheduler/scheduler_config.json', { trained_betas: [0.1] }),
    'scheduler/scheduler_config.json',
    /says `trained_betas` is a list of 1, where a list of 1000 numbers from 0 to 1 \(one a training step\) is expected/,
  ],
  [
    'a config that is no JSON',
    { ...ldm, 'unet/config.json': '{' },
    'unet/config.json',
    /^unet\/config.json is not valid JSON/,
  ],
  [
    'a latent that fits no machine',
    merged(openLdm(64), 'unet/config.json', { sample_size: 4096, in_channels: 64 }),
    'unet/config.json',
    /asks for latents of .*, where a latent of at most 16,777,216 numbers is expected/,
  ],
  ['no model index', without(ldm, 'model_index.json'), 'model_index.json', /^model_index.json is missing/],
  [
    'no VAE that the index names',
    merged(without(ldm, 'vae_encoder'), 'model_index.json', { vae_encoder: null, vae: ['a', 'b'] }),
    'vae_encoder/',
    /^vae_encoder\/ is missing, though model_index.json names `vae`/,
  ],
  [
    'a part that the index names',
    merged(ldm, 'model_index.json', { image_encoder: ['a', 'b'] }),
    'image_encoder/',
    /names `image_encoder`/,
  ],
  [
    'a second text encoder without its tokenizer',
    { ...ldm, 'text_encoder_2/config.json': {} },
    'tokenizer_2/',
    /^tokenizer_2\/ is missing, .*; text_encoder_2\/model.onnx is missing/,
  ],
  [
    'weights outside the folder',
    weighted('../../secret'),
    'unet/model.onnx',
    /keeps weights in `..\/..\/secret`, which is outside the folder/,
  ],
  [
    'weights at an absolute path',
    weighted('/etc/passwd'),
    'unet/model.onnx',
    /keeps weights in `\/etc\/passwd`, which is outside the folder/,
  ],
  [
    'weights that are not there',
    weighted('model.onnx_data'),
    'unet/model.onnx_data',
    /^unet\/model.onnx_data is missing: unet\/ holds .*, where a file with weights of unet\/model.onnx is expected/,
  ],
  [
    'weights cut short',
    { ...weighted('model.onnx_data', 400), 'unet/model.onnx_data': 'abc' },
    'unet/model.onnx_data',
    /is cut short: it has 3 bytes, where a file of 400 bytes with weights of unet\/model.onnx is expected/,
  ],
  [
    'half of a split dual encoder',
    without(clip, 'vision_model.onnx'),
    'vision_model.onnx',
    /^vision_model.onnx is missing: .*, where an encoder of images beside text_model.onnx is expected; add it/,
  ],
  ['a dual encoder without config.json', without(clip, 'config.json'), 'config.json', /^config.json is missing/],
  [
    'a dual encoder without preprocessor',
    without(clip, 'preprocessor_config.json'),
    'preprocessor_config.json',
    /^preprocessor_config.json is missing/,
  ],
  [
    'a dual encoder without tokenizer',
    without(clip, 'vocab.json'),
    'vocab.json',
    /^vocab.json is missing: .*, where the file that belongs to merges.txt/,
  ],
  [
    'images of another size, of which it is not said how to come to it',
    merged(clip, 'preprocessor_config.json', { crop_size: 5, size: 6 }),
    'vision_model.onnx',
    /takes images of 4 x 4 pixels, where a graph for 5 x 5 \(preprocessor_config.json\) is expected; write the size/,
  ],
  [
    'images of many sizes',
    merged(clip, 'preprocessor_config.json', { do_center_crop: false }),
    'preprocessor_config.json',
    /leaves images of different sizes/,
  ],
  [
    'embeddings of two widths',
    { ...clip, 'text_model.onnx': tinyClip({ ...TINY_CLIP, width: 3 })['text_model.onnx']! },
    'vision_model.onnx',
    /embeds images in 6 numbers \(`image_embeds`\), and text_model.onnx texts in 3/,
  ],
  [
    'an embedding under another name',
    tinyClip({ ...TINY_CLIP, outputs: { text: 'words', image: 'image_embeds' } }),
    'text_model.onnx',
    /^text_model.onnx gives `words`, where `text_embeds` is expected/,
  ],
  [
    'a matching head without two logits',
    tinyClip({ ...TINY_CLIP, modelType: 'blip', layout: 'joint', outputs: { text: 'itm_score', image: 'x' } }),
    'model.onnx',
    /gives `itm_score` as \[texts, 6\], where `itm_score` \[batch, 2\]/,
  ],
];

describe('a checkpoint is refused for', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspectCheckpoint(await folderOf(files)), file, reason);
  });

  it('a link that leads out', async () => {
    const dir = await folderOf(without(ldm, 'unet/model.onnx'));
    await symlink('/etc/hostname', path.join(dir, 'unet/model.onnx'));
    const reason = /^unet\/model.onnx is a symbolic link that leaves the folder, .*`cp -rL /;
    expectRefusal(await inspectCheckpoint(dir), 'unet/model.onnx', reason);
  });

  it('names of which another system holds only one, as an upload of them is', async () => {
    const inspection = await inspectCheckpoint(await folderOf({ ...ldm, 'notes.txt': 'a', 'Notes.txt': 'b' }));
    const [first] = inspection.ok ? [] : inspection.faults;
    const [file, other] = first?.file === 'Notes.txt' ? ['Notes', 'notes'] : ['notes', 'Notes'];
    expectRefusal(
      inspection,
      `${file}.txt`,
      new RegExp(`^${file}\\.txt is the same file as ${other}\\.txt on systems `),
    );
  });

  it('a link in a circle, of which there is no copy, and one to a folder', async () => {
    const dir = await folderOf(ldm);
    await symlink('..', path.join(dir, 'unet/up'));
    expectRefusal(
      await inspectCheckpoint(dir, { name: folderCalled('my model') }),
      'unet/up',
      /^unet\/up is a symbolic link to a folder that it lies in itself, .*`rm 'my model\/unet\/up'`\.$/,
    );
    const other = await folderOf(ldm);
    await symlink('unet', path.join(other, 'more'));
    const reason = /^more is a symbolic link to what is no file, .*`cp -rL /;
    expectRefusal(await inspectCheckpoint(other), 'more', reason);
  });
});

describe('a checkpoint is accepted', () => {
  it('with what a reader wants to know of it', async () => {
    const dir = fileURLToPath(new URL('../../test/reference/odd-ldm', import.meta.url));
    const inspection = await inspectCheckpoint(dir);
    if (!inspection.ok) throw new Error(inspection.reason);
    const { report } = inspection;
    expect(report).toMatchObject({
      kind: 'diffusion',
      inputSize: { width: 24, height: 24 },
      tokenLength: 11,
      protocol: 'diffusion-itm',
      predictionType: 'epsilon',
      latent: [5, 12, 12],
      warnings: [],
    });
    // By hand: the lines "path NUL sha256 LF", sorted.
    const files = [
      'model_index.json',
      'scheduler/scheduler_config.json',
      ...['config.json', 'model.onnx'].map((file) => `text_encoder/${file}`),
      ...['merges.txt', 'special_tokens_map.json', 'tokenizer_config.json', 'vocab.json'].map(
        (file) => `tokenizer/${file}`,
      ),
      ...['config.json', 'model.onnx'].map((file) => `unet/${file}`),
      ...['config.json', 'model.onnx'].map((file) => `vae_encoder/${file}`),
    ];
    const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
    const lines = files.map((file) => `${file}\0${sha256(readFileSync(path.join(dir, file)))}\n`);
    expect(report.sha256).toBe(sha256(lines.join('')));
    expect(report.files).toBe(files.length);
  });

  it('counts the weights, also those that lie in a file of their own', async () => {
    const tiny = TINY_DIFFUSION;
    const weights = (26 * 2 + 2) * tiny.width + 2 * tiny.channels * 3 + 3 + tiny.channels ** 2;
    const inspection = await inspectCheckpoint(
      await folderOf({
        ...weighted('model.onnx_data'),
        'unet/model.onnx_data': new Uint8Array(Float32Array.of(0.9).buffer),
      }),
    );
    expect(inspection).toMatchObject({ ok: true, report: { parameters: weights } });
  });

  it('without the parts that scoring never needs, and with parts that were left out', async () => {
    expect(
      await inspectCheckpoint(await folderOf(merged(ldm, 'model_index.json', { feature_extractor: ['a', 'b'] }))),
    ).toMatchObject({ ok: true });
  });

  it('as a pixel model where there is no VAE', async () => {
    const pixel = { ...TINY_DIFFUSION, channels: 3 };
    const files = { ...without(tinyDiffusion(pixel), 'vae_encoder') };
    const inspection = await inspectCheckpoint(
      await folderOf(merged(files, 'model_index.json', { vae_encoder: [null, null] })),
    );
    expect(inspection).toMatchObject({ ok: true, report: { inputSize: { width: 3, height: 3 }, latent: [3, 3, 3] } });
  });

  it('with a warning where its encoder drew a random sample', async () => {
    const inspection = await inspectCheckpoint(await folderOf(tinyDiffusion({ ...TINY_DIFFUSION, vae: 'drawn like' })));
    expect(inspection).toMatchObject({
      ok: true,
      report: { warnings: [expect.stringContaining('vae_encoder/model.onnx draws a random sample')] },
    });
  });
});
