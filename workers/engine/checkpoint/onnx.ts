import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { quoted } from '@gdbench/benchmark/shell';
import { command, remedy } from '@gdbench/storage/remedy';
import { type Affines, affinesOf } from './affine.ts';
import { argument } from './argument.ts';
import { disguiseOf } from './content.ts';
import { type Convolutions, convolutionsOf } from './convolutions.ts';
import { externalFaults, externalPlace } from './external-data.ts';
import { CheckpointFault, Faults } from './fault.ts';
import { type Folder, pathOf } from './folder.ts';
import { modelFormat } from './formats.ts';
import {
  bytesMissing,
  decodeModel,
  type Graph,
  type Model,
  type Node,
  type Port,
  portOf,
  type Tensor,
  tensorsOf,
} from './onnx-graph.ts';
import { type ExternalSlice, withInnerWeights, withZeroNoise } from './zero-noise.ts';

export type { Port } from './onnx-graph.ts';

export interface OnnxFile {
  /** Path inside the checkpoint. */
  readonly file: string;
  /** Elements of the initializers that hold weights (floating point or 8 bits). */
  readonly parameters: number;
  /** The first node that draws random numbers when the graph runs; null where none does. */
  readonly random: string | null;
  /** Whether weights lie in other files. */
  readonly external: boolean;
  readonly inputs: readonly Port[];
  /** A shape that the graph does not declare is []. */
  readonly outputs: readonly Port[];
  readonly convolutions: Convolutions;
  readonly affines: Affines;
}

/** A protobuf message cannot be longer. */
const LARGEST_MESSAGE = 2 ** 31 - 1;
/** TensorProto.DataType: float, uint8, int8, float16, double, bfloat16. Integers of more bits are shapes and indices. */
const WEIGHT_TYPES = new Set([1, 2, 3, 10, 11, 16]);
const RANDOM_OPS = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
]);

/**
 * Reads a model's graph without making a session, and checks that every weight file it names lies inside the folder.
 *
 * @throws CheckpointFault when the bytes are no ONNX model, or for each external file that is outside, missing or too short.
 */
export function readOnnx(folder: Folder, file: string): Promise<OnnxFile> {
  const read = READ.get(folder) ?? new Map<string, Promise<OnnxFile>>();
  READ.set(folder, read);
  const known = read.get(file) ?? readFrom(folder, file);
  read.set(file, known);
  return known;
}

/** What was read of a folder while it is open. */
const READ = new WeakMap<Folder, Map<string, Promise<OnnxFile>>>();

async function readFrom(folder: Folder, file: string): Promise<OnnxFile> {
  const at = pathOf(folder, file);
  const size = folder.files.get(file) ?? 0;
  if (size <= LARGEST_MESSAGE) return readBytes(folder, file, await readFile(at));
  throw new CheckpointFault({
    file,
    found: `has ${(size / 1e9).toFixed(1)} GB`,
    expected: 'a graph of less than 2 GB, as protobuf allows',
    remedy: 'export it with its weights in a file beside it (external data)',
    gravity: 'file',
  });
}

async function readBytes(folder: Folder, file: string, bytes: Uint8Array): Promise<OnnxFile> {
  const { graph, functions } = decoded(folder, file, bytes);
  let parameters = 0;
  const drawing: Node[] = [];
  const off = new Set<string>();
  const seen = (node: Node) => {
    if (RANDOM_OPS.has(node.opType ?? '') || mayDropOut(node)) drawing.push(node);
    const constant = node.opType === 'Constant' ? node.attribute?.[0]?.t : undefined;
    if (constant && isFalse(constant)) off.add(node.output?.[0] ?? '');
  };
  const places = [];
  for (const { tensor, weight } of tensorsOf(graph, functions ?? [], seen)) {
    const place = externalPlace(tensor);
    if (place) places.push(place);
    if (weight && isFalse(tensor)) off.add(tensor.name ?? '');
    if (weight && WEIGHT_TYPES.has(tensor.dataType ?? 0)) parameters += elements(tensor);
  }
  const faults = new Faults();
  faults.add(...(await externalFaults(folder, file, places)));
  faults.settle();
  // Older graphs list their weights among the inputs too.
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name ?? ''));
  const random = drawing.find((node) => !mayDropOut(node) || !off.has(node.input?.[TRAINING_MODE] ?? ''));
  return {
    file,
    parameters,
    external: places.length > 0,
    random: random ? nameOf(random) : null,
    inputs: (graph.input ?? []).filter(({ name }) => !weights.has(name ?? '')).map(portOf),
    outputs: (graph.output ?? []).map(portOf),
    convolutions: convolutionsOf(graph),
    affines: affinesOf(graph),
  };
}

/** @throws CheckpointFault that says what the bytes are, if they are no graph. */
function decoded(folder: Folder, file: string, bytes: Uint8Array): Model & { graph: Graph } {
  const disguise = disguiseOf(bytes, { file, dir: folder.name });
  const expected = 'an ONNX model';
  if (disguise) throw new CheckpointFault({ file, ...disguise, expected, gravity: 'file' });
  const model = decodeModel(bytes);
  if (model) return model;
  const format = modelFormat(bytes);
  if (format) {
    const again = command`optimum-cli export onnx --model MODEL ${argument(folder.name, '-onnx/')}`;
    throw new CheckpointFault({
      file,
      found: `is not an ONNX model: it is ${format}`,
      expected,
      remedy: remedy`export the model that it is of: ${again}`,
      gravity: 'file',
    });
  }
  const missing = bytesMissing(bytes);
  const why =
    missing > 0 ? `it is cut short, ${missing.toLocaleString('en')} bytes before its end` : 'its bytes hold no graph';
  const download = command`hf download OWNER/MODEL ${quoted(file)} --local-dir ${argument(folder.name)}`;
  const again = remedy`copy it again, or download it: ${download}`;
  throw new CheckpointFault({
    file,
    found: `is not an ONNX model: ${why}`,
    expected,
    remedy: missing > 0 ? again : remedy`${again}, or export it again`,
    gravity: 'file',
  });
}

/** The third input of Dropout, which only drops something where this is true. */
const TRAINING_MODE = 2;
const BOOL = 9;

function mayDropOut({ opType, input }: Node): boolean {
  return opType === 'Dropout' && (input?.[TRAINING_MODE] ?? '') !== '';
}

function isFalse({ dataType, rawData, int32Data }: Tensor): boolean {
  if (dataType !== BOOL) return false;
  const value = rawData?.length ? rawData[0] : int32Data?.[0];
  return value === 0;
}

/** A node as its exporter calls it, or by what it does. */
function nameOf({ name, opType }: Node): string {
  const known = (name ?? '').replace(/\s+/g, ' ').trim();
  return known === '' ? `${opType}` : `${known.slice(0, 100)} (${opType})`;
}

/**
 * The bytes of a model that draws random numbers, changed so that it draws zeros.
 *
 * @throws CheckpointFault where that cannot be done: the draw is of another kind, or the weights in other files are too large.
 */
export async function readWithZeroNoise(folder: Folder, file: string): Promise<Uint8Array> {
  const original = await readFile(pathOf(folder, file));
  // Nothing is read before every file that the graph names is known to lie inside the folder.
  await readBytes(folder, file, original);
  const bytes = withZeroNoise(await withExternalWeights(folder, file, original));
  const { random, external } = await readBytes(folder, file, bytes);
  if (random === null && !external) return bytes;
  throw new CheckpointFault({
    file,
    found: 'draws a random sample in its graph, so that scores would not repeat',
    expected: 'the mean of the posterior',
    remedy: remedy`re-export: this encoder samples (${command`optimum-cli export onnx --model MODEL ${argument(folder.name, '/')}`} gives its parameters)`,
    gravity: 'setting',
  });
}

async function withExternalWeights(folder: Folder, file: string, model: Uint8Array): Promise<Uint8Array> {
  const target = ({ location }: ExternalSlice) =>
    path.posix.normalize(path.posix.join(path.posix.dirname(file), location));
  const sizes = new Map<string, number>();
  let total = model.length;
  withInnerWeights(model, (slice) => {
    const size = folder.files.get(target(slice)) ?? 0;
    sizes.set(target(slice), size);
    total += Math.max(0, slice.length ?? size - slice.offset);
    return new Uint8Array(0);
  });
  if (sizes.size === 0) return model;
  if (Math.max(total, ...sizes.values()) > LARGEST_MESSAGE) return model;
  const contents = new Map<string, Uint8Array>();
  for (const name of sizes.keys()) contents.set(name, await readFile(pathOf(folder, name)));
  return withInnerWeights(model, (slice) => {
    const end = slice.length === undefined ? undefined : slice.offset + slice.length;
    return contents.get(target(slice))!.subarray(slice.offset, end);
  });
}

function elements(tensor: Tensor): number {
  return (tensor.dims ?? []).reduce<number>((product, dim) => product * Math.max(0, Number(dim)), 1);
}
