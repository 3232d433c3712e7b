import path from 'node:path';
import { readHead } from '@gdbench/benchmark/file-kind';
import { command, type Remedy, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { disguiseOf, textDisguiseOf } from './content.ts';
import { type Fault, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import { EXPORTED } from './formats.ts';
import { downloadAgain, isArchive, isCutShort, packing, unfinished, unpack } from './packed.ts';

/** A single file is told of if it is one of a model's. */
const OF_MODEL = /\.(onnx|onnx[_.]data|json|bin|data|pb|safetensors|ckpt|pth?)$/i;
/** Folders that are a part of a checkpoint, and hold files alone. */
export const PART = /^(unet|vae_encoder|vae_decoder|text_encoder(_2)?|tokenizer(_2)?|scheduler|textual|visual|onnx)$/;

/** What is packed, or was not downloaded to its end, in a folder without graphs. */
export async function packedFaults(folder: Folder): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const file of folder.files.keys()) {
    const kind = packing(file);
    if (kind && (isArchive(kind.format) || OF_MODEL.test(kind.stem)))
      faults.push((await flawedFault(folder, file)) ?? packedFault(folder, file));
  }
  for (const { file, of } of unfinished(folder)) {
    const isModels = OF_MODEL.test(of) || packing(of) !== null || /unconfirmed/i.test(of);
    if (isModels) faults.push(told(file, 'is a download that did not end', downloadOf(folder, of)));
  }
  return faults;
}

function packedFault({ name: dir }: Folder, file: string): Fault {
  const { format, stem } = packing(file)!;
  if (!isArchive(format))
    return told(file, 'is packed', remedy`unpack it: ${unpack(dir, file, format, { into: '', flat: true })}`);
  const inside = path.posix.dirname(file);
  const isPart = PART.test(stem) || PART.test(inside);
  const target = isPart ? { into: PART.test(stem) ? stem : inside, flat: true } : { into: stem, flat: false };
  const steps = unpack(dir, file, format, target);
  return told(
    file,
    'is an archive',
    isPart ? remedy`unpack it: ${steps}` : remedy`unpack it and give the folder that comes out: ${steps}`,
  );
}

/** The fault of an archive that is none, or that is not whole. */
export async function flawedFault(folder: Folder, file: string): Promise<Fault | null> {
  const at = path.join(folder.root, file);
  const head = await readHead(at);
  const place = { file, dir: folder.name };
  const disguise = head.length === 0 ? disguiseOf(head, place) : textDisguiseOf(head, place);
  if (disguise) return told(file, disguise.found, disguise.remedy, 'an archive');
  if (!(await isCutShort(at, folder.files.get(file)!, packing(file)!.format))) return null;
  return told(file, 'is an archive that is cut short', downloadAgain(folder.name, file), 'a whole one');
}

const downloadOf = ({ name }: Folder, of: string): Remedy =>
  /unconfirmed/i.test(of)
    ? remedy`download the whole model: ${command`hf download OWNER/MODEL --local-dir ${argument(name)}`}`
    : downloadAgain(name, of);

const told = (file: string, found: string, mend: Remedy, expected = EXPORTED): Fault =>
  faultOf({ file, found, expected, remedy: mend, gravity: 'kind' });
