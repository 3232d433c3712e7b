import { printable } from '@gdbench/storage/printable';
import { CheckpointFault, type Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import { missingFile } from './missing.ts';
import { exportAgain, INDEX, type ModelIndex } from './model-index.ts';
import { quoted } from './shell.ts';

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
      faults.add(...missingFolder(name, index).faults);
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
    faults.add(...missingPart(part, 'is missing', index).faults);
  }
  const graph = (part: string) => (held.has(part) ? graphOf(folder, part, faults, warnings) : undefined);
  if (!vae && held.has('vae_decoder'))
    faults.add(...missingPart('vae_encoder', 'is missing, though vae_decoder/ is there', index).faults);
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

/** model.onnx, or the one variant of it that lies there. */
function graphOf(folder: Folder, part: string, faults: Faults, warnings: string[]): string | undefined {
  const file = `${part}/model.onnx`;
  if (folder.files.has(file)) return file;
  const names = [...folder.files.keys()]
    .filter((path) => path.startsWith(`${part}/`))
    .map((path) => path.slice(part.length + 1));
  const graphs = names.filter((name) => /^[^/]+\.onnx$/.test(name)).sort();
  const [only, ...more] = graphs;
  if (only !== undefined && more.length === 0 && WHOLE.test(only)) {
    warnings.push(`${part}/${only} is scored: there is no ${file}.`);
    return `${part}/${only}`;
  }
  const fault = only === undefined ? missingFile(folder, file) : variants(folder, part, graphs);
  faults.add(...fault.faults);
  return undefined;
}

function variants({ name }: Folder, part: string, graphs: readonly string[]): CheckpointFault {
  const best = graphs.find((graph) => WHOLE.test(graph));
  const rounded = best === undefined ? ', which are rounded to few bits' : '';
  const at = (graph: string) => quoted(`${name}/${part}/${graph}`);
  return new CheckpointFault({
    file: `${part}/model.onnx`,
    found: `is missing, though ${part}/ holds ${printable(graphs.slice(0, 8).join(', '), 300)}${rounded}`,
    expected: 'an ONNX model of that name',
    remedy: `choose one and give it that name: \`mv ${at(best ?? graphs[0]!)} ${at('model.onnx')}\``,
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

function missingFolder(name: string, index: ModelIndex): CheckpointFault {
  return missingPart(
    name === 'vae' ? 'vae_encoder' : name,
    `is missing, though ${INDEX} names \`${printable(name, 60)}\``,
    index,
  );
}

/** @param found words that go on after the folder's name. */
function missingPart(part: string, found: string, index: ModelIndex): CheckpointFault {
  return new CheckpointFault({
    file: `${printable(part, 60)}/`,
    found,
    expected: `the folder of a part`,
    remedy: `copy it in, or export the model with all of its parts: ${exportAgain(index)}`,
    gravity: 'file',
  });
}
