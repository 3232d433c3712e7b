import path from 'node:path';
import { printable } from '@gdbench/storage/printable';
import { type Command, command, type FolderName, folderCalled, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { exportCommand } from './export-command.ts';
import { CheckpointFault, type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { EXPORTED, isGraph, type otherFormats, PYTORCH } from './formats.ts';
import { jsonObject, readJson } from './json.ts';
import { otherTask } from './latent.ts';
import { INDEX, readModelIndex } from './model-index.ts';
import { otherPipeline } from './pipeline-class.ts';
import { pythonPath } from './python-path.ts';
import { tensorNames } from './safetensors.ts';

/*
 * What a folder of weights holds that were not exported: a model, with the command that exports this very folder; a part of one, or
 * what changes one, with what is to be done with it; or a model that would not be scored once it were exported.
 */

/** Files that belong to a model that lies in the folder's top. */
const CONFIGS = [INDEX, 'config.json', 'open_clip_config.json'];

/** @returns nothing where there are no weights. */
export async function weightsFaults(folder: Folder, formats: ReturnType<typeof otherFormats>): Promise<Fault[]> {
  const [format] = formats;
  if (format === undefined) return [];
  const { name, files } = format;
  const other = await otherModel(folder);
  if (other) return [other];
  if (name !== PYTORCH.name) return [foreignFault(folder, name, files)];
  const addition = folder.files.has(INDEX) ? null : await additionFault(folder, files);
  if (addition) return [addition];
  const root = [...folder.files.keys()].filter((file) => !file.includes('/'));
  const [single] = files.filter((file) => /^[^/]+\.(safetensors|ckpt|pth?)$/i.test(file));
  if (single !== undefined && !root.some((file) => CONFIGS.includes(file))) return [await singleFault(folder, single)];
  if (root.includes('open_clip_config.json')) return [openClipFault(folder, files)];
  return [
    faultOf({
      file: '',
      found: `holds PyTorch weights and no ONNX model (${listed(files)})`,
      expected: EXPORTED,
      remedy: remedy`export it: ${exportCommand(folder)}`,
      gravity: 'kind',
    }),
  ];
}

/** What the configurations say of a model that could not be scored however it were exported; also that it is a part alone. */
export async function otherModel(folder: Folder): Promise<Fault | null> {
  try {
    if (folder.files.has(INDEX)) {
      const why = otherPipeline(folder, await readModelIndex(folder));
      return why ? faultOf({ ...why, gravity: 'kind' }) : await otherChannels(folder);
    }
    if (!folder.files.has('config.json')) return null;
    const { _class_name: name } = await readJson(folder, 'config.json', jsonObject);
    return typeof name === 'string' ? partFault(folder, name) : null;
  } catch (error) {
    // A file that cannot be read tells nothing of the model.
    if (error instanceof CheckpointFault) return null;
    throw error;
  }
}

/** A U-Net that takes more than it gives, as those for inpainting do. */
async function otherChannels(folder: Folder): Promise<Fault | null> {
  const file = 'unet/config.json';
  if (!folder.files.has(file)) return null;
  const { in_channels: taken, out_channels: given } = await readJson(folder, file, jsonObject);
  if (typeof taken !== 'number' || typeof given !== 'number' || taken <= given) return null;
  const why = otherTask(taken, given, true);
  return why && faultOf({ file, ...why, gravity: 'kind' });
}

/** Parts that can take their place in a pipeline, by the name that it has there. */
const PARTS: readonly (readonly [name: RegExp, part: string])[] = [
  [/^UNet2DConditionModel$/, 'unet'],
  [/^(Asymmetric)?AutoencoderKL$|^AutoencoderTiny$|^ConsistencyDecoderVAE$/, 'vae'],
];

/** One model of diffusers, whose configuration names its class. */
function partFault(folder: Folder, name: string): Fault {
  const shown = printable(name, 60);
  const part = PARTS.find(([pattern]) => pattern.test(name))?.[1];
  if (part === undefined)
    return faultOf({
      file: 'config.json',
      found: `is of a ${shown}, which is no model that follows a text by itself`,
      expected: 'a text-to-image model of one U-Net',
      remedy: 'give the model that it is used with',
      gravity: 'kind',
    });
  return faultOf({
    file: 'config.json',
    found: `is of a ${shown}, which is one part of a model`,
    expected: EXPORTED,
    remedy: [...folder.files.keys()].some(isGraph)
      ? 'give the whole export that it is a part of'
      : putIntoModel(folder, part, shown),
    gravity: 'kind',
  });
}

function putIntoModel({ name: dir }: Folder, part: string, className: string): Remedy {
  const whole = command`import diffusers as d; d.DiffusionPipeline.from_pretrained('BASE_MODEL', ${part}=d.${className}.from_pretrained('${pythonPath(dir)}')).save_pretrained('${pythonPath(dir, '-whole')}')`;
  return remedy`put it into its model and export that: ${exportOf(dir, whole, '-whole')}`;
}

/** A command that runs Python and exports the pipeline that it saved beside the folder. */
function exportOf(dir: FolderName, python: Command, saved: string): Command {
  return command`python -c "${python}" && optimum-cli export onnx --model ${argument(dir, saved)} --task text-to-image ${argument(dir, '-onnx/')}`;
}

interface Addition {
  readonly noun: string;
  readonly file: RegExp;
  readonly tensor: RegExp;
  readonly does: string;
  readonly remedy: (folder: Folder) => string | Remedy;
}

const ALONE = () => 'give the text-to-image model itself, without it';

/** What changes another model, told by the names of files, or by those of most tensors of one. */
const ADDITIONS: readonly Addition[] = [
  {
    noun: 'a LoRA',
    file: /lora|adapter_(model|config)/i,
    tensor: /lora_|\.lora\.|hada_w|lokr_/,
    does: 'changes another model and is none itself',
    remedy: mergeLora,
  },
  {
    noun: 'a textual inversion',
    file: /learned_embeds|textual_inversion|^embeddings?\//i,
    tensor: /^(<.*>|emb_params|clip_[gl]|string_to_param.*)$/,
    does: 'gives another model one more word and is none itself',
    remedy: () => 'give the model itself: the texts that are scored do not hold that word',
  },
  {
    noun: 'an IP-Adapter',
    file: /ip[-_]?adapter/i,
    tensor: /^(ip_adapter|image_proj)\./,
    does: 'steers another model by a picture and is none itself',
    remedy: ALONE,
  },
  {
    noun: 'a ControlNet',
    file: /control(_|net|lora)|t2i[-_]?adapter/i,
    tensor: /^control_model\.|^controlnet_|input_hint_block/,
    does: 'steers another model by a picture and is none itself',
    remedy: ALONE,
  },
  {
    noun: 'a motion module',
    file: /(^|\/)mm_sd|motion[-_]?(module|adapter|lora)/i,
    tensor: /motion_modules/,
    does: 'makes another model draw videos and is none itself',
    remedy: ALONE,
  },
];

async function additionFault(folder: Folder, files: readonly string[]): Promise<Fault | null> {
  const only = files.length === 1 && files[0]!.endsWith('.safetensors') ? files[0]! : null;
  const names = only === null ? [] : ((await tensorNames(path.join(folder.root, only))) ?? []);
  // An IP-Adapter brings an image encoder with it.
  const own = files.filter((one) => !/(^|\/)image_encoder\//.test(one));
  const is = ({ file, tensor }: Addition) =>
    (own.length > 0 && own.every((one) => file.test(one))) ||
    [...folder.files.keys()].some((one) => /adapter_config\.json$/.test(one) && file.test(one)) ||
    names.filter((name) => tensor.test(name)).length * 2 > names.length;
  const addition = ADDITIONS.find(is);
  if (!addition) return null;
  const { noun, does } = addition;
  return faultOf({
    file: own[0] ?? files[0]!,
    found: `is ${noun}, which ${does}`,
    expected: EXPORTED,
    remedy: addition.remedy(folder),
    gravity: 'kind',
  });
}

function mergeLora({ name: dir }: Folder): Remedy {
  const merge = command`import diffusers; p = diffusers.DiffusionPipeline.from_pretrained('BASE_MODEL'); p.load_lora_weights('${pythonPath(dir)}'); p.fuse_lora(); p.unload_lora_weights(); p.save_pretrained('${pythonPath(dir, '-merged')}')`;
  return remedy`merge it into its base model and export that: ${exportOf(dir, merge, '-merged')}`;
}

/** Tensors of Stable Diffusion's own files, before diffusers. */
const LDM_TENSOR = /^(model\.diffusion_model|first_stage_model|cond_stage_model|conditioner\.embedders)\./;
/** Of XL, which has two text encoders. */
const XL_TENSOR = /^conditioner\.embedders\.1\./;
/** Of transformers: Flux, Stable Diffusion 3 and AuraFlow. */
const TRANSFORMER_TENSOR =
  /^(model\.diffusion_model\.)?(double_blocks|joint_blocks|double_layers|single_transformer_blocks)\./;

/** All of a model in one file, as its trainers and most sites of models keep it. */
async function singleFault(folder: Folder, file: string): Promise<Fault> {
  const names = file.endsWith('.safetensors') ? await tensorNames(path.join(folder.root, file)) : null;
  const has = (tensor: RegExp) => names?.some((name) => tensor.test(name)) ?? false;
  if (has(TRANSFORMER_TENSOR)) {
    return faultOf({
      file,
      found: 'is of a model that has a transformer in the place of a U-Net (such as Flux or Stable Diffusion 3)',
      expected: 'a text-to-image model of one U-Net (Stable Diffusion 1, 2 or XL, or a latent consistency model)',
      remedy: 'give such a model',
      gravity: 'kind',
    });
  }
  const isWhole = names === null || has(LDM_TENSOR);
  const { name: dir } = folder;
  const pipeline = has(XL_TENSOR) ? 'StableDiffusionXLPipeline' : 'StableDiffusionPipeline';
  const convert = command`from diffusers import ${pipeline} as P; P.from_single_file('${pythonPath(dir, `/${file}`)}').save_pretrained('${pythonPath(dir, '-diffusers')}')`;
  const unsure = names === null ? ' (of SDXL: StableDiffusionXLPipeline)' : '';
  return faultOf({
    file,
    found: isWhole ? 'is a PyTorch checkpoint in a single file' : 'is PyTorch weights without a configuration',
    expected: EXPORTED,
    remedy: remedy`convert it, then export that${unsure}: ${exportOf(dir, convert, '-diffusers')}`,
    gravity: 'kind',
  });
}

function foreignFault({ name: dir }: Folder, name: string, files: readonly string[]): Fault {
  const dduf = files.find((file) => file.endsWith('.dduf'));
  const unpack = command`import diffusers; diffusers.DiffusionPipeline.from_pretrained('${pythonPath(dir)}', dduf_file='${pythonPath(folderCalled(dduf ?? ''))}').save_pretrained('${pythonPath(dir, '-diffusers')}')`;
  return faultOf({
    file: '',
    found: `holds ${name} and no ONNX model (${listed(files)})`,
    expected: EXPORTED,
    remedy:
      dduf === undefined
        ? remedy`take the PyTorch weights that it was made of, and export them: ${command`optimum-cli export onnx --model MODEL ${argument(dir, '-onnx/')}`}`
        : remedy`unpack it and export that: ${exportOf(dir, unpack, '-diffusers')}`,
    gravity: 'kind',
  });
}

function openClipFault({ name: dir }: Folder, files: readonly string[]): Fault {
  return faultOf({
    file: '',
    found: `holds PyTorch weights of open_clip and no ONNX model (${listed(files)})`,
    expected: EXPORTED,
    remedy: remedy`take the same model in the format of transformers, and export that: ${command`optimum-cli export onnx --model MODEL --task zero-shot-image-classification ${argument(dir, '-onnx/')}`}`,
    gravity: 'kind',
  });
}

export const listed = (files: readonly string[]): string =>
  printable(files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', '), 300);
