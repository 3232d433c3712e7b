import path from 'node:path';
import { readHead } from '@gdbench/benchmark/file-kind';
import { printable } from '@gdbench/storage/printable';
import { disguiseOf } from './content.ts';
import { exportCommand } from './export-command.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { isGraph, otherFormats, PYTORCH } from './formats.ts';
import { entriesOf, missingFile } from './missing.ts';
import { packedFaults } from './packed-faults.ts';
import { tensorNames } from './safetensors.ts';
import { pythonPath, quoted } from './shell.ts';

/** Files that belong to a model that lies in the folder's top. */
const CONFIGS = ['model_index.json', 'config.json', 'open_clip_config.json'];
const LORA_FILE = /lora|adapter_model/i;
const LORA_TENSOR = /lora_|\.lora\.|hada_w|lokr_/;
/** Folders that are a part of a checkpoint. */
const PART = /^(unet|transformer|controlnet|vae\w*|text_encoder\w*|image_encoder|tokenizer\w*|safety_checker)$/;
/** Tensors of Stable Diffusion's own files, before diffusers. */
const LDM_TENSOR = /^(model\.diffusion_model|first_stage_model|cond_stage_model|conditioner\.embedders)\./;
const EXPORTED = 'a model that was exported to ONNX';

/**
 * What a folder holds in the place of an ONNX export, each thing once; nothing where there is a graph. Told before any reading, since
 * a list of all that an export would have is of no help to whoever has none.
 */
export async function surveyFaults(folder: Folder): Promise<Fault[]> {
  const files = [...folder.files.keys()];
  if (files.some(isGraph)) return [];
  const formats = otherFormats(files);
  const weights = await weightsFault(folder, formats);
  if (weights)
    return [
      weights,
      ...(await disguises(
        folder,
        formats.flatMap((format) => format.files),
        'a file of weights',
      )),
    ];
  const packed = await packedFaults(folder);
  if (packed.length > 0) return packed;
  const configs = files.filter((file) => /(^|\/)(config|model_index)\.json$/.test(file));
  return [configs.length > 0 ? bareFault(folder, configs) : nothingFault(folder, [])];
}

/** Configurations alone: of a download or a clone that left the large files out. */
function bareFault({ name: dir }: Folder, configs: readonly string[]): Fault {
  return faultOf({
    file: '',
    found: `holds the configuration of a model (${listed(configs)}), and neither an ONNX model nor other weights`,
    expected: EXPORTED,
    remedy: `fetch the large files too, \`hf download OWNER/MODEL --local-dir ${quoted(dir)}\` or \`cd ${quoted(dir)} && git lfs pull\`, and export them if they are not ONNX`,
    gravity: 'kind',
  });
}

async function weightsFault(folder: Folder, formats: ReturnType<typeof otherFormats>): Promise<Fault | null> {
  const [format] = formats;
  if (format === undefined) return null;
  const { name, files } = format;
  if (name !== PYTORCH.name) return foreignFault(folder, name, files);
  if (await isLora(folder, files)) return loraFault(folder, files);
  const root = [...folder.files.keys()].filter((file) => !file.includes('/'));
  const [single] = files.filter((file) => /^[^/]+\.(safetensors|ckpt|pth?)$/i.test(file));
  if (single !== undefined && !root.some((file) => CONFIGS.includes(file))) return singleFault(folder, single);
  if (root.includes('open_clip_config.json')) return openClipFault(folder, files);
  return faultOf({
    file: '',
    found: `holds PyTorch weights and no ONNX model (${listed(files)})`,
    expected: EXPORTED,
    remedy: `export it: ${exportCommand(folder)}`,
    gravity: 'kind',
  });
}

function foreignFault({ name: dir }: Folder, name: string, files: readonly string[]): Fault {
  return faultOf({
    file: '',
    found: `holds ${name} and no ONNX model (${listed(files)})`,
    expected: EXPORTED,
    remedy: `take the PyTorch weights that it was made of, and export them: \`optimum-cli export onnx --model MODEL ${quoted(`${dir}-onnx/`)}\``,
    gravity: 'kind',
  });
}

/** A LoRA is told by its names, or by its tensors. */
async function isLora(folder: Folder, files: readonly string[]): Promise<boolean> {
  if (folder.files.has('model_index.json')) return false;
  if (folder.files.has('adapter_config.json') || files.every((file) => LORA_FILE.test(file))) return true;
  const first = files.find((file) => file.endsWith('.safetensors'));
  const names = files.length === 1 && first !== undefined ? await tensorNames(path.join(folder.root, first)) : null;
  return names !== null && names.filter((name) => LORA_TENSOR.test(name)).length * 2 > names.length;
}

function loraFault({ name: dir }: Folder, files: readonly string[]): Fault {
  const merge = `import diffusers; p = diffusers.DiffusionPipeline.from_pretrained('BASE_MODEL'); p.load_lora_weights('${pythonPath(dir)}'); p.fuse_lora(); p.unload_lora_weights(); p.save_pretrained('${pythonPath(`${dir}-merged`)}')`;
  return faultOf({
    file: files[0]!,
    found: 'is a LoRA, which changes another model and is none itself',
    expected: EXPORTED,
    remedy: `merge it into its base model and export that: \`python -c "${merge}" && optimum-cli export onnx --model ${quoted(`${dir}-merged`)} --task text-to-image ${quoted(`${dir}-onnx/`)}\``,
    gravity: 'kind',
  });
}

/** All of a model in one file, as its trainers and most sites of models keep it. */
async function singleFault(folder: Folder, file: string): Promise<Fault> {
  const names = file.endsWith('.safetensors') ? await tensorNames(path.join(folder.root, file)) : null;
  const isWhole = names === null || names.some((name) => LDM_TENSOR.test(name));
  const { name: dir } = folder;
  const convert = `from diffusers import StableDiffusionPipeline as P; P.from_single_file('${pythonPath(`${dir}/${file}`)}').save_pretrained('${pythonPath(`${dir}-diffusers`)}')`;
  return faultOf({
    file,
    found: isWhole ? 'is a PyTorch checkpoint in a single file' : 'is PyTorch weights without a configuration',
    expected: EXPORTED,
    remedy: `convert it, then export that (of SDXL: StableDiffusionXLPipeline): \`python -c "${convert}" && optimum-cli export onnx --model ${quoted(`${dir}-diffusers`)} --task text-to-image ${quoted(`${dir}-onnx/`)}\``,
    gravity: 'kind',
  });
}

function openClipFault({ name: dir }: Folder, files: readonly string[]): Fault {
  return faultOf({
    file: '',
    found: `holds PyTorch weights of open_clip and no ONNX model (${listed(files)})`,
    expected: EXPORTED,
    remedy: `take the same model in the format of transformers, and export that: \`optimum-cli export onnx --model MODEL --task zero-shot-image-classification ${quoted(`${dir}-onnx/`)}\``,
    gravity: 'kind',
  });
}

/** @param graphs those that are there, of no kind that is known. */
function nothingFault(folder: Folder, graphs: readonly string[]): Fault {
  const held =
    graphs.length > 0
      ? `its ONNX models (${listed(graphs)}) are of no kind that it scores`
      : `there is no ONNX model among its files (${entriesOf('', [...folder.files.keys()])})`;
  return faultOf({
    file: '',
    found: `holds no checkpoint that GDBench knows: ${held}`,
    expected:
      'model_index.json with unet/model.onnx (diffusion), or model.onnx, or text_model.onnx with vision_model.onnx (dual encoder, matching head)',
    remedy: `give the folder of an export, such as \`optimum-cli export onnx --model MODEL ${quoted(`${folder.name}-onnx/`)}\` makes`,
    gravity: 'kind',
  });
}

/** Faults of a folder with graphs that are of no kind that can be scored. */
export async function unknownFaults(folder: Folder): Promise<[Fault, ...Fault[]]> {
  const files = [...folder.files.keys()];
  const [first, ...more] = [...plainNames(files), ...otherLetters(files)].flatMap(
    (file) => missingFile(folder, file).faults,
  );
  if (first) return [first, ...more];
  const inner = checkpointsIn(files);
  return [inner.length > 0 ? await innerFault(folder, inner) : nothingFault(folder, files.filter(isGraph))];
}

/** The graphs of which there are only forms of lower precision: a pair, else the one that holds both. */
function plainNames(files: readonly string[]): string[] {
  const variants = files.filter((file) => /^(onnx\/)?((text|vision)_)?model_\w+\.onnx$/.test(file));
  const plain = new Set(variants.map((file) => file.replace(/model_\w+\.onnx$/, 'model.onnx')));
  const pair = [...plain].filter((file) => /(text|vision)_model\.onnx$/.test(file));
  return pair.length > 0 ? pair : [...plain];
}

/** Graphs whose names differ by their letters' case alone from those that are looked for. */
function otherLetters(files: readonly string[]): string[] {
  const known = /^(onnx\/)?((text|vision)_)?model\.onnx$/;
  return files.map((file) => file.toLowerCase()).filter((file) => known.test(file));
}

/** Folders inside that begin as a checkpoint does. */
function checkpointsIn(files: readonly string[]): string[] {
  const marks = files.filter((file) => /^[^/]+\/(model_index\.json|config\.json|open_clip_config\.json)$/.test(file));
  return [...new Set(marks.map((file) => file.slice(0, file.indexOf('/'))))].filter((name) => !PART.test(name));
}

/** A folder with one checkpoint beside files of another, or with several, such as the snapshots of a cache. */
async function innerFault({ name: dir, root }: Folder, inner: readonly string[]): Promise<Fault> {
  const isCache = path.basename(root) === 'snapshots';
  const main = isCache ? await readHead(path.join(root, '../refs/main'), 100).catch(() => null) : null;
  const present = inner.find((name) => name === main?.toString().trim()) ?? inner[0]!;
  const folders = inner.length === 1 ? 'a checkpoint' : `${inner.length} ${isCache ? 'snapshots' : 'checkpoints'}`;
  return faultOf({
    file: '',
    found: `holds ${folders} one folder deeper (${listed(inner)})`,
    expected: 'the folder of one checkpoint',
    remedy: `give ${inner.length === 1 ? 'that one' : 'one of them'}: ${quoted(`${dir}/${present}`)}`,
    gravity: 'kind',
  });
}

/** Files that are something else than weights: a clone without Git LFS has its pointers there. */
async function disguises(folder: Folder, files: readonly string[], expected: string): Promise<Fault[]> {
  const found: Fault[] = [];
  for (const file of files) {
    const disguise = disguiseOf(await readHead(path.join(folder.root, file)), { file, dir: folder.name });
    if (disguise?.found.includes('Git LFS')) found.push(faultOf({ file, ...disguise, expected, gravity: 'file' }));
  }
  return found;
}

const listed = (files: readonly string[]): string =>
  printable(files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', '), 300);
