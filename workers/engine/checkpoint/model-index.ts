import { type Command, command, type FolderName } from '@gdbench/storage/remedy';
import { z } from 'zod';
import { argument } from './argument.ts';
import type { Folder } from './folder.ts';
import { readJson } from './json.ts';

export const INDEX = 'model_index.json';

/** What a diffusers pipeline's index says. */
export interface ModelIndex {
  /** Of the pipeline, as it stands there; null where the index names none. */
  readonly pipeline: string | null;
  /** Release of diffusers that wrote it, as it stands there. */
  readonly version: string | null;
  /** Class of each part that it names; null where it names the part as left out. */
  readonly parts: ReadonlyMap<string, string | null>;
  /** null where it does not say. */
  readonly forceZerosForEmptyPrompt: boolean | null;
  /** Where the pipeline was exported from, if that is a name on the Hub. */
  readonly source: string | null;
  /** What its folder is called in the commands that mend it. */
  readonly name: FolderName;
}

const text = z.string().nullish().catch(null);
const modelIndex = z.looseObject({
  _class_name: text,
  _diffusers_version: text,
  _name_or_path: text,
  force_zeros_for_empty_prompt: z.boolean().nullish(),
});
const HUB_NAME = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;

/** @throws CheckpointFault */
export async function readModelIndex(folder: Folder): Promise<ModelIndex> {
  const { _class_name, _diffusers_version, _name_or_path, force_zeros_for_empty_prompt, ...entries } = await readJson(
    folder,
    INDEX,
    modelIndex,
  );
  // Entries are [library, class]; [null, null] or null is a part left out, and other values are switches.
  const parts = Object.entries(entries).flatMap(([name, entry]): [string, string | null][] => {
    if (name.startsWith('_')) return [];
    if (entry === null || (Array.isArray(entry) && entry.every((value) => value === null))) return [[name, null]];
    return Array.isArray(entry) ? [[name, typeof entry[1] === 'string' ? entry[1] : '']] : [];
  });
  return {
    pipeline: _class_name ?? null,
    version: _diffusers_version ?? null,
    parts: new Map(parts),
    forceZerosForEmptyPrompt: force_zeros_for_empty_prompt ?? null,
    source: _name_or_path && HUB_NAME.test(_name_or_path) ? _name_or_path : null,
    name: folder.name,
  };
}

/** The command that makes this folder again; MODEL stands for its PyTorch form where the index does not tell that one's name. */
export function exportAgain({ source, name }: ModelIndex, more = ''): Command {
  return command`optimum-cli export onnx --model ${source ?? 'MODEL'}${more} ${argument(name, '/')}`;
}

/** Whether a pipeline is one of Stable Diffusion XL's, by its name or by its second text encoder. */
export function isXL({ pipeline, parts }: ModelIndex): boolean {
  return (pipeline !== null && /StableDiffusionXL/.test(pipeline)) || parts.get('text_encoder_2') != null;
}

/**
 * Whether diffusers' own script made the export, whose parts (OnnxRuntimeModel) never had configurations. In the folder of any other
 * a configuration that is not there was lost.
 */
export function isOfFirstScript({ pipeline, parts }: ModelIndex): boolean {
  return /Onnx/.test(pipeline ?? '') || parts.get('unet') === 'OnnxRuntimeModel';
}
