import { printable } from '@gdbench/storage/printable';
import { command, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { CheckpointFault, type Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import { missingFile } from './missing.ts';
import { exportAgain, INDEX, type ModelIndex } from './model-index.ts';
import { unready } from './packed.ts';

/** The graphs that scoring runs, by path; absent where a fault stands in their place. */
export interface DiffusionParts {
  readonly unet: string | undefined;
  /** null: a pixel model. */
  readonly vaeEncoder: string | null | undefined;
  readonly text: string | undefined;
  /** null: one text encoder. */
  readonly secondText: string | null | undefined;
  /** Whether there is a folder of this name; one that is missing has its fault, and its files need none of their own. */
  readonly has: (folder: string) => boolean;
}

/** Parts that scoring never touches; an image encoder beside a text encoder is an optional adapter's. */
const NOT_NEEDED = new Set(['vae_decoder', 'safety_checker', 'feature_extractor', 'watermarker']);
/** Parts of a pipeline that GDBench knows. */
const PARTS = new Set([
  ...NOT_NEEDED,
  ...['scheduler', 'tokenizer', 'tokenizer_2', 'text_encoder', 'text_encoder_2', 'unet', 'vae', 'vae_encoder'],
  'image_encoder',
]);

/** Finds the graph of every part that scoring needs; what is missing or not known is told through `faults`. */
export function readParts(folder: Folder, index: ModelIndex, faults: Faults, warnings: string[]): DiffusionParts {
  const held = new Set(
    [...folder.files.keys()].filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))),
  );
  const named = new Set<string>();
  for (const [name, entry] of index.parts) {
    if (entry === null) continue;
    if (!PARTS.has(name)) faults.add(...unknownPart(name).faults);
    named.add(name === 'vae' ? 'vae_encoder' : name);
    if (!held.has(name === 'vae' ? 'vae_encoder' : name) && !NOT_NEEDED.has(name))
      faults.add(...missingFolder(folder, name, index).faults);
  }
  const vae = held.has('vae_encoder') || named.has('vae_encoder');
  const second = held.has('text_encoder_2') || named.has('text_encoder_2');
  const needed = [
    'scheduler',
    'tokenizer',
    'text_encoder',
    'unet',
    ...(second ? ['tokenizer_2', 'text_encoder_2'] : []),
  ];
  for (const part of needed) {
    if (held.has(part) || named.has(part)) continue;
    faults.add(...missingPart(folder, part, null, index).faults);
  }
  const graph = (part: string) => (held.has(part) ? graphOf(folder, part, faults, warnings) : undefined);
  if (!vae && held.has('vae_decoder'))
    faults.add(...missingPart(folder, 'vae_encoder', 'vae_decoder/ is there', index).faults);
  return {
    unet: graph('unet'),
    vaeEncoder: vae ? graph('vae_encoder') : null,
    text: graph('text_encoder'),
    secondText: second ? graph('text_encoder_2') : null,
    has: (part) => held.has(part),
  };
}

/** A variant that computes what the model was exported as; the others are rounded to few bits. */
const WHOLE = /^model[._-](fp16|fp32|f16|f32|float16|float32)\.onnx$/;

/** The graph of a part: model.onnx, or the one variant of it that lies there. */
export function graphOfPart({ files }: Folder, part: string): string | undefined {
  if (files.has(`${part}/model.onnx`)) return `${part}/model.onnx`;
  const [only, ...more] = graphsIn(files, part);
  return only !== undefined && more.length === 0 && WHOLE.test(only) ? `${part}/${only}` : undefined;
}

/** Names of the graphs in a part's folder. */
function graphsIn(files: Folder['files'], part: string): string[] {
  const names = [...files.keys()]
    .filter((file) => file.startsWith(`${part}/`))
    .map((file) => file.slice(part.length + 1));
  return names.filter((name) => /^[^/]+\.onnx$/.test(name)).sort();
}

function graphOf(folder: Folder, part: string, faults: Faults, warnings: string[]): string | undefined {
  const file = `${part}/model.onnx`;
  const graph = graphOfPart(folder, part);
  if (graph === undefined) {
    const graphs = graphsIn(folder.files, part);
    faults.add(...(graphs.length === 0 ? missingFile(folder, file) : variants(folder, part, graphs)).faults);
  } else if (graph !== file) warnings.push(`${graph} is scored: there is no ${file}.`);
  return graph;
}

function variants({ name }: Folder, part: string, graphs: readonly string[]): CheckpointFault {
  const best = graphs.find((graph) => WHOLE.test(graph));
  const rounded = best === undefined ? ', which are rounded to few bits' : '';
  const at = (graph: string) => argument(name, `/${part}/${graph}`);
  return new CheckpointFault({
    file: `${part}/model.onnx`,
    found: `is missing, though ${part}/ holds ${printable(graphs.slice(0, 8).join(', '), 300)}${rounded}`,
    expected: 'an ONNX model of that name',
    remedy: remedy`choose one and give it that name: ${command`mv ${at(best ?? graphs[0]!)} ${at('model.onnx')}`}`,
    gravity: 'file',
  });
}

function unknownPart(name: string): CheckpointFault {
  return new CheckpointFault({
    file: INDEX,
    found: `names a part \`${printable(name, 60)}\`, which GDBench does not know`,
    expected: 'a pipeline of scheduler, tokenizer, text_encoder, unet and vae',
    remedy: `take \`${printable(name, 60)}\` out of it if the U-Net is used without that part`,
    gravity: 'setting',
  });
}

function missingFolder(folder: Folder, name: string, index: ModelIndex): CheckpointFault {
  const why = `${INDEX} names \`${printable(name, 60)}\``;
  return missingPart(folder, name === 'vae' ? 'vae_encoder' : name, why, index);
}

/** @param though what speaks for the part, in words that go on after "though". */
function missingPart(folder: Folder, part: string, though: string | null, index: ModelIndex): CheckpointFault {
  const file = `${printable(part, 60)}/`;
  const packed = unready(folder, `${part}/`);
  const why = packed?.found ?? though;
  return new CheckpointFault({
    file,
    found: why === null ? 'is missing' : `is missing, though ${why}`,
    expected: `the folder of a part`,
    remedy: packed?.remedy ?? remedy`copy it in, or export the model with all of its parts: ${exportAgain(index)}`,
    gravity: 'file',
  });
}
