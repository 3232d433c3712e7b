import path from 'node:path';
import { readHead } from '@gdbench/benchmark/file-kind';
import { command, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { disguiseOf } from './content.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { EXPORTED, isGraph, otherFormats } from './formats.ts';
import { entriesOf, missingFile } from './missing.ts';
import { packedFaults } from './packed-faults.ts';
import { listed, weightsFaults } from './weights.ts';

/** Folders that are a part of a checkpoint. */
const PART = /^(unet|transformer|controlnet|vae\w*|text_encoder\w*|image_encoder|tokenizer\w*|safety_checker)$/;

/**
 * What a folder holds in the place of an ONNX export, each thing once; nothing where there is a graph. Told before any reading, since
 * a list of all that an export would have is of no help to whoever has none.
 */
export async function surveyFaults(folder: Folder): Promise<Fault[]> {
  const files = [...folder.files.keys()];
  if (files.some(isGraph)) return [];
  const formats = otherFormats(files);
  const weights = await weightsFaults(folder, formats);
  if (weights.length > 0)
    return [
      ...weights,
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
    remedy: remedy`fetch the large files too, ${command`hf download OWNER/MODEL --local-dir ${argument(dir)}`} or ${command`cd ${argument(dir)} && git lfs pull`}, and export them if they are not ONNX`,
    gravity: 'kind',
  });
}

/** @param graphs those that are there, of no kind that is known. */
function nothingFault(folder: Folder, graphs: readonly string[]): Fault {
  const held =
    graphs.length > 0
      ? `its ONNX models (${listed(graphs)}) are ${isWriter(folder) ? 'of a model that writes text' : 'of no kind that it scores'}`
      : `there is no ONNX model among its files (${entriesOf('', [...folder.files.keys()])})`;
  return faultOf({
    file: '',
    found: `holds no checkpoint that GDBench knows: ${held}`,
    expected:
      'model_index.json with unet/model.onnx (diffusion), or model.onnx, or text_model.onnx with vision_model.onnx (dual encoder, matching head)',
    remedy: remedy`give the folder of an export, such as ${command`optimum-cli export onnx --model MODEL ${argument(folder.name, '-onnx/')}`} makes`,
    gravity: 'kind',
  });
}

/** Graphs of large language models, those that look at pictures among them. */
const WRITER =
  /(^|\/)(genai_config\.json|([\w.-]*[_-])?(decoder|language_model|embed_tokens|embedding)[\w.-]*\.onnx)$/i;

function isWriter({ files }: Folder): boolean {
  return [...files.keys()].some((file) => WRITER.test(file));
}

/** The U-Net of a diffusion export whose graphs do not lie where diffusers and Optimum put them: under names or in folders of their own. */
const SCATTERED = /(^|\/)unet[\w.-]*(\/[\w.-]+)?\.onnx$/i;

/** @returns null where there is no U-Net. */
export function scatteredFault({ files, name }: Folder): Fault | null {
  const graphs = [...files.keys()].filter(isGraph);
  if (!graphs.some((file) => SCATTERED.test(file))) return null;
  return faultOf({
    file: '',
    found: `holds the graphs of a diffusion model (${listed(graphs)}), and not where its parts belong`,
    expected:
      'model_index.json with scheduler/, tokenizer/, text_encoder/model.onnx, unet/model.onnx and vae_encoder/model.onnx',
    remedy: remedy`export the model so: ${command`optimum-cli export onnx --model MODEL --task text-to-image ${argument(name, '-onnx/')}`}`,
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
    remedy: remedy`give ${inner.length === 1 ? 'that one' : 'one of them'}: ${argument(dir, `/${present}`)}`,
    gravity: 'kind',
  });
}

/** Files that are something else than weights: a clone without Git LFS has its pointers there. */
async function disguises(folder: Folder, files: readonly string[], expected: string): Promise<Fault[]> {
  const found: Fault[] = [];
  for (const file of files) {
    const disguise = disguiseOf(await readHead(path.join(folder.root, file)), { file, dir: folder.name });
    if (disguise?.kind === 'lfs-pointer') found.push(faultOf({ file, ...disguise, expected, gravity: 'file' }));
  }
  return found;
}
