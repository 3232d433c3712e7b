import { checkWidths, embeddingOf } from './embeddings.ts';
import type { EncoderGraphs } from './encoder-graphs.ts';
import { type EncoderInputs, readEncoderInputs } from './encoder-inputs.ts';
import type { Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import type { ModelConfig } from './model-config.ts';
import type { OnnxFile } from './onnx.ts';

/** A CLIP-like export, its configuration read, no model loaded yet. */
export interface DualEncoderLayout extends EncoderInputs {
  readonly kind: 'dual-encoder';
  readonly models: EncoderGraphs;
  /** The outputs that hold the embeddings. */
  readonly outputs: { readonly text: string; readonly image: string };
}

/** @returns nothing where there is a fault, which then is in `faults`. */
export async function readDualEncoderLayout(
  folder: Folder,
  models: EncoderGraphs,
  graphs: { readonly text: OnnxFile | undefined; readonly image: OnnxFile | undefined },
  model: ModelConfig | undefined,
  faults: Faults,
): Promise<DualEncoderLayout | undefined> {
  const share = 'joint' in models ? 'both' : 'one';
  const { text, image } = graphs;
  const words = text && model && (await faults.attempt(() => embeddingOf(text, 'text', share, model)));
  const seen = image && model && (await faults.attempt(() => embeddingOf(image, 'image', share, model)));
  if (words && seen)
    await faults.attempt(() => checkWidths({ graph: text, port: words }, { graph: image, port: seen }));
  const inputs = await readEncoderInputs(folder, model, graphs, faults);
  return (
    inputs &&
    words &&
    seen && { kind: 'dual-encoder', models, outputs: { text: words.name, image: seen.name }, ...inputs }
  );
}
