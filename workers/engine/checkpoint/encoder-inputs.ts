import { atSize } from '../image/preprocess.ts';
import { checkTextPorts, type EncoderPorts, IMAGE_ROLES, matchBoth } from '../runtime/encoders.ts';
import { TEXT_ROLES, type TextRole } from '../text/text-roles.ts';
import { type ModelText, openTokenizer, type TextTokenizer } from '../text/tokenizer.ts';
import { cleaned, prefixed } from '../text/wrapped-tokenizer.ts';
import { tokenizerDir } from './encoder-graphs.ts';
import { CheckpointFault, type Faults } from './fault.ts';
import type { Folder } from './folder.ts';
import { type ImageInput, readImageProcessor } from './image-processor.ts';
import { type ModelConfig, NO_CONFIG, OPEN_CLIP_CONFIG } from './model-config.ts';
import type { Port } from './onnx.ts';
import { checkShape, type Ends, matchInputs } from './ports.ts';

interface Fitted extends Omit<ImageInput, 'file'> {
  /** What the submitter should know, in whole sentences. */
  readonly notes: readonly string[];
}

/** How a dual encoder or a matching head is fed; read, no model loaded yet. */
export interface EncoderInputs extends Fitted {
  readonly folder: Folder;
  readonly tokenizer: TextTokenizer;
}

/**
 * Reads how texts and images are prepared, and holds both against the graphs' own inputs. What is wrong goes to `faults`.
 *
 * @param graphs as far as they could be read.
 */
export async function readEncoderInputs(
  folder: Folder,
  model: ModelConfig | undefined,
  graphs: Graphs,
  faults: Faults,
): Promise<EncoderInputs | undefined> {
  const { text: words, pixels } = await portsOf(graphs, faults);
  // A file of open_clip's that cannot be read may hold what is said of images.
  const isTold = model !== undefined || !folder.files.has(OPEN_CLIP_CONFIG);
  const images = isTold ? await faults.attempt(() => readImageProcessor(folder, model ?? NO_CONFIG)) : undefined;
  if (!model) return undefined;
  const tokenizer = await faults.attempt(() => tokenizerOf(folder, model, words?.get('input_ids')));
  if (graphs.text && words && tokenizer) {
    const { text } = graphs;
    await faults.attempt(() => checkTextPorts(text, words, tokenizer));
  }
  const { image } = graphs;
  const fitted = image && pixels && images ? await faults.attempt(() => fittedTo(image, pixels, images)) : undefined;
  return fitted && tokenizer && { folder, tokenizer, ...fitted };
}

/**
 * Images for the size that the graph insists on: a static export keeps the processor's file of its original.
 *
 * @throws CheckpointFault when the processor's steps do not say how to come to that size, or the graph takes no three channels.
 */
function fittedTo(graph: Ends, pixels: Port, { file, preprocess, input }: ImageInput): Fitted {
  checkShape(graph, pixels, [null, 3], 'an RGB image');
  const [, , height = '', width = ''] = pixels.shape;
  const box = {
    width: typeof width === 'number' ? width : input.width,
    height: typeof height === 'number' ? height : input.height,
  };
  if (box.width === input.width && box.height === input.height) return { preprocess, input, notes: [] };
  const [takes, gives] = [`${box.width} x ${box.height}`, `${input.width} x ${input.height}`];
  const resized = atSize(preprocess, box);
  if (resized) {
    const note = `${graph.file} takes images of ${takes} pixels, and ${file} says ${gives}: they are brought to the graph's size.`;
    return { preprocess: resized, input: box, notes: [note] };
  }
  throw new CheckpointFault({
    file: graph.file,
    found: `takes images of ${takes} pixels`,
    expected: `a graph for ${gives} (${file})`,
    remedy: `write the size and the crop that go with the graph into ${file}, or export the model at ${gives}`,
    gravity: 'file',
  });
}

interface Graphs {
  readonly text: Ends | undefined;
  readonly image: Ends | undefined;
}

async function portsOf({ text, image }: Graphs, faults: Faults): Promise<Partial<EncoderPorts>> {
  if (text !== undefined && text === image) return (await faults.attempt(() => matchBoth(text))) ?? {};
  const words =
    text && (await faults.attempt(() => ofOwnKind(text, 'text', () => matchInputs<TextRole>(text, TEXT_ROLES))));
  const seen = image && (await faults.attempt(() => ofOwnKind(image, 'image', () => matchInputs(image, IMAGE_ROLES))));
  const pixels = seen?.get('pixel_values');
  return { ...(words ? { text: words } : {}), ...(pixels ? { pixels } : {}) };
}

const INPUT_OF = { text: 'input_ids', image: 'pixel_values' } as const;

/** @throws CheckpointFault when the graph takes what the other one of its pair should. */
function ofOwnKind<T>(graph: Ends, kind: 'text' | 'image', match: () => T): T {
  const other = kind === 'image' ? 'text' : 'image';
  const input = graph.inputs.find(({ name }) => name === INPUT_OF[other] || name === other);
  if (!input) return match();
  throw new CheckpointFault({
    file: graph.file,
    found: `takes \`${input.name}\`, as an encoder of ${other}s does`,
    expected: `an encoder of ${kind}s`,
    remedy: 'give each encoder the file name of its own kind',
    gravity: 'kind',
  });
}

async function tokenizerOf(folder: Folder, model: ModelConfig, ids: Port | undefined): Promise<TextTokenizer> {
  const { maxPositions, vocabSize, contextLength, clean, prefix } = model.text;
  const before = prefix?.count ?? 0;
  const fixed = ids?.shape[1];
  const text: ModelText = {
    maxPositions,
    vocabSize,
    graphLength: typeof fixed === 'number' ? fixed - before : undefined,
    contextLength,
    modelType: model.type ?? undefined,
  };
  const plain = await openTokenizer(folder, tokenizerDir(folder), text);
  const tidy = clean ? cleaned(plain, clean) : plain;
  return prefix ? prefixed(tidy, prefix) : tidy;
}
