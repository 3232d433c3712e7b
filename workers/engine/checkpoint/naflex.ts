import { command, type FolderName, remedy } from '@gdbench/storage/remedy';
import { argument } from './argument.ts';
import { type Fault, faultOf } from './fault.ts';
import type { OnnxFile } from './onnx.ts';

/** Inputs of a vision tower that takes images of any size and shape as a list of patches. */
const OF_PATCHES = ['pixel_attention_mask', 'spatial_shapes'];

/** A SigLIP 2 of the NaFlex kind, which is fed as no other dual encoder is; null: the graph is none. */
export function naflexFault({ file, inputs }: OnnxFile, name: FolderName): Fault | null {
  const patches = inputs.map((input) => input.name).filter((input) => OF_PATCHES.includes(input));
  if (patches.length === 0) return null;
  return faultOf({
    file,
    found: `is of a NaFlex model, whose images keep their shape (inputs ${patches.map((input) => `\`${input}\``).join(', ')})`,
    expected: 'a vision tower for images of one size',
    remedy: remedy`give the fixed-resolution form of the model: ${command`optimum-cli export onnx --model google/siglip2-base-patch16-224 --task zero-shot-image-classification ${argument(name, '-onnx/')}`} or a larger one`,
    gravity: 'kind',
  });
}
