import { describe, it } from 'vitest';
import { zipOf } from '../../test/support/archive.ts';
import { type Files, folderOf, without } from '../../test/support/folder.ts';
import { expectRefusal } from '../../test/support/refusal.ts';
import { safetensors } from '../../test/support/safetensors.ts';
import { TINY_DIFFUSION, tinyDiffusion } from '../../test/support/tiny-checkpoints.ts';
import { tinyClip } from '../../test/support/tiny-clip.ts';
import { inspectCheckpoint } from './inspect.ts';

/*
 * What people have in the place of a checkpoint, and what they should hear, each by a folder that somebody had.
 */

const ldm = tinyDiffusion();
const clip = tinyClip();

const ZIP = await zipOf({ 'sd/model_index.json': '' });

/** A diffusers folder before its export. */
const pytorch: Files = {
  'model_index.json': { _class_name: 'StableDiffusionPipeline', unet: ['diffusers', 'UNet2DConditionModel'] },
  'scheduler/scheduler_config.json': TINY_DIFFUSION.scheduler,
  'unet/config.json': {},
  'unet/diffusion_pytorch_model.safetensors': safetensors(['conv_in.weight']),
  'vae/config.json': {},
  'vae/diffusion_pytorch_model.safetensors': safetensors(['encoder.conv_in.weight']),
};
const weights = (name: string, content: string | Uint8Array = 'x'): Files => ({ [name]: content });

const EXPORT = /`optimum-cli export onnx --model \d+ --task text-to-image \d+-onnx\/`\.$/;
const refusals: [title: string, files: Files, file: string, reason: RegExp][] = [
  [
    'PyTorch weights of diffusers',
    pytorch,
    '',
    /^The folder holds PyTorch weights and no ONNX model \(unet\/diffusion_pytorch_model.safetensors, vae\/.*\), where a model that was exported to ONNX is expected; export it: `optimum-cli/,
  ],
  ['... with the command for this folder', pytorch, '', EXPORT],
  [
    'PyTorch weights of a dual encoder',
    { ...without(clip, 'text_model.onnx', 'vision_model.onnx'), ...weights('pytorch_model.bin') },
    '',
    /holds PyTorch weights and no ONNX model \(pytorch_model.bin\).*`optimum-cli export onnx --model \d+ --task zero-shot-image-classification \d+-onnx\/`/,
  ],
  [
    'PyTorch weights of open_clip',
    { ...weights('open_clip_pytorch_model.bin'), 'open_clip_config.json': {} },
    '',
    /holds PyTorch weights of open_clip and no ONNX model/,
  ],
  [
    'a checkpoint in a single file',
    weights('v1-5.safetensors', safetensors(['model.diffusion_model.input_blocks.0.0.weight'])),
    'v1-5.safetensors',
    /^v1-5.safetensors is a PyTorch checkpoint in a single file, .*`python -c ".*from_single_file\('\d+\/v1-5.safetensors'\).*" && optimum-cli export onnx --model \d+-diffusers/,
  ],
  ['an older one', weights('model.ckpt'), 'model.ckpt', /is a PyTorch checkpoint in a single file/],
  [
    'a LoRA by its name',
    weights('pytorch_lora_weights.safetensors'),
    'pytorch_lora_weights.safetensors',
    /is a LoRA, which changes another model and is none itself, .*load_lora_weights\('\d+'\)/,
  ],
  [
    'a LoRA by its tensors',
    weights('style.safetensors', safetensors(['lora_unet_down.lora_up.weight', 'lora_te_x.lora_down.weight'])),
    'style.safetensors',
    /is a LoRA/,
  ],
  ['a LoRA of PEFT', { 'adapter_config.json': {}, ...weights('adapter_model.bin') }, 'adapter_model.bin', /is a LoRA/],
  [
    'a textual inversion',
    { ...weights('learned_embeds.bin'), 'token_identifier.txt': '<cat>' },
    'learned_embeds.bin',
    /is a textual inversion, which gives another model one more word/,
  ],
  [
    'one by its tensor',
    weights('cat.safetensors', safetensors(['<cat>'])),
    'cat.safetensors',
    /is a textual inversion/,
  ],
  [
    'an IP-Adapter beside its image encoder',
    { ...weights('ip-adapter_sd15.bin'), ...weights('image_encoder/model.safetensors') },
    'ip-adapter_sd15.bin',
    /is an IP-Adapter, which steers another model by a picture .*; give the text-to-image model itself, without it\.$/,
  ],
  [
    'a ControlNet in a single file',
    weights('canny.safetensors', safetensors(['control_model.input_blocks.0.0.weight'])),
    'canny.safetensors',
    /is a ControlNet/,
  ],
  ['a motion module', weights('mm_sd_v15_v2.ckpt'), 'mm_sd_v15_v2.ckpt', /is a motion module/],
  [
    'XL in a single file, with its own command',
    weights('xl.safetensors', safetensors(['conditioner.embedders.1.model.x', 'model.diffusion_model.x'])),
    'xl.safetensors',
    /; convert it, then export that: `python -c "from diffusers import StableDiffusionXLPipeline as P;/,
  ],
  [
    'a transformer in a single file',
    weights('flux1.safetensors', safetensors(['double_blocks.0.img_attn.norm.key_norm.scale'])),
    'flux1.safetensors',
    /has a transformer in the place of a U-Net/,
  ],
  [
    'PyTorch weights of a pipeline that is not scored, however it were exported',
    {
      'model_index.json': { _class_name: 'FluxPipeline', transformer: ['diffusers', 'FluxTransformer2DModel'] },
      ...weights('transformer/diffusion_pytorch_model.safetensors'),
    },
    'model_index.json',
    /^model_index.json is of a FluxPipeline, which has a transformer in the place of a U-Net/,
  ],
  [
    'PyTorch weights of an inpainting model',
    { ...pytorch, 'unet/config.json': { in_channels: 9, out_channels: 4 } },
    'unet/config.json',
    /^unet\/config.json takes 9 channels, as an inpainting model/,
  ],
  [
    'PyTorch weights of a U-Net alone',
    { 'config.json': { _class_name: 'UNet2DConditionModel' }, ...weights('diffusion_pytorch_model.safetensors') },
    'config.json',
    /which is one part of a model, .*unet=d\.UNet2DConditionModel\.from_pretrained\('\d+'\).*optimum-cli export onnx --model \d+-whole/,
  ],
  [
    'PyTorch weights of a ControlNet',
    { 'config.json': { _class_name: 'ControlNetModel' }, ...weights('diffusion_pytorch_model.safetensors') },
    'config.json',
    /^config.json is of a ControlNetModel, which is no model that follows a text by itself/,
  ],
  [
    'an exported U-Net alone',
    { 'config.json': { _class_name: 'UNet2DConditionModel' }, 'model.onnx': ldm['unet/model.onnx']! },
    'config.json',
    /^config.json is of a UNet2DConditionModel, .*; give the whole export that it is a part of\.$/,
  ],
  [
    "a diffusion model's graphs side by side",
    { 'unet.onnx': ldm['unet/model.onnx']!, 'text_encoder.onnx': ldm['text_encoder/model.onnx']! },
    '',
    /^The folder holds the graphs of a diffusion model \(text_encoder.onnx, unet.onnx\), and not where its parts belong/,
  ],
  [
    'graphs of a model that writes text',
    { 'onnx/decoder_model_merged.onnx': ldm['unet/model.onnx']!, 'onnx/embed_tokens.onnx': ldm['unet/model.onnx']! },
    '',
    /are of a model that writes text/,
  ],
  [
    'a DDUF archive',
    weights('sd.dduf'),
    '',
    /holds a DDUF archive .*from_pretrained\('\d+', dduf_file='sd\.dduf'\).*optimum-cli export onnx/,
  ],
  [
    'an OpenVINO model under its own names',
    { ...weights('unet.xml', '<net/>'), ...weights('unet.bin') },
    '',
    /holds an OpenVINO model/,
  ],
  ['Flax weights', weights('flax_model.msgpack'), '', /holds Flax weights and no ONNX model \(flax_model.msgpack\)/],
  ['TensorFlow weights', weights('tf_model.h5'), '', /holds TensorFlow weights and no ONNX model/],
  ['a GGUF model', weights('sd-q4_0.gguf'), '', /holds a GGUF model and no ONNX model/],
  [
    'an OpenVINO model',
    { ...weights('openvino_model.xml', '<net/>'), ...weights('openvino_model.bin') },
    '',
    /holds an OpenVINO model/,
  ],
  ['a Core ML model', weights('Unet.mlmodelc/model.mil'), '', /holds a Core ML model/],
  ['a TensorFlow Lite model', weights('model.tflite'), '', /holds a TensorFlow Lite model/],
  [
    'an archive in the place of what is in it',
    { 'README.md': 'x', 'sd-onnx.zip': ZIP },
    'sd-onnx.zip',
    /^sd-onnx.zip is an archive, .*`cd \d+ && unzip sd-onnx.zip -d sd-onnx`/,
  ],
  [
    'a packed one',
    { 'model.tar.gz': Uint8Array.from([0x1f, 0x8b]) },
    'model.tar.gz',
    /is an archive, .*tar -xf model.tar.gz/,
  ],
  [
    'two checkpoints',
    Object.fromEntries(['a', 'b'].flatMap((at) => Object.entries(clip).map(([file, one]) => [`${at}/${file}`, one]))),
    '',
    /^The folder holds 2 checkpoints one folder deeper \(a, b\), .*give one of them: \d+\/a\.$/,
  ],
  [
    'a checkpoint beside files of another',
    {
      ...Object.fromEntries(Object.entries(clip).map(([file, one]) => [`clip/${file}`, one])),
      'decoder_model.onnx': 'x',
    },
    '',
    /^The folder holds a checkpoint one folder deeper \(clip\), .*give that one: \d+\/clip\.$/,
  ],
  [
    'a model of another kind',
    {
      'config.json': {},
      'encoder_model.onnx': clip['text_model.onnx']!,
      'decoder_model.onnx': clip['text_model.onnx']!,
    },
    '',
    /holds no checkpoint that GDBench knows: its ONNX models \(decoder_model.onnx, encoder_model.onnx\)/,
  ],
];

describe('what lies there in the place of a checkpoint is said:', () => {
  it.each(refusals)('%s', async (_, files, file, reason) => {
    expectRefusal(await inspectCheckpoint(await folderOf(files)), file, reason);
  });
});
