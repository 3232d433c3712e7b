import { readFile } from 'node:fs/promises';
import path from 'node:path';
import protobuf from 'protobufjs';
import { CheckpointFault } from './fault.ts';
import { type Folder, pathOf } from './folder.ts';
import { type ExternalSlice, withInnerWeights, withZeroNoise } from './zero-noise.ts';

/**
 * The few fields of ONNX's protobuf that inspection looks at (numbers from onnx.proto); weights are skipped, or left where they lie.
 * A graph may sit in a node's attribute, and a tensor too, so that every place where a file can be named is covered.
 */
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Entry { optional string key = 1; optional string value = 2; }
  message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; repeated int32 int32_data = 5; optional string name = 8;
    optional bytes raw_data = 9; repeated Entry external_data = 13; optional int32 data_location = 14; }
  message Sparse { optional Tensor values = 1; optional Tensor indices = 2; }
  message Attribute { optional string name = 1; optional Tensor t = 5; optional Graph g = 6; repeated Tensor tensors = 10;
    repeated Graph graphs = 11; optional Sparse sparse_tensor = 22; repeated Sparse sparse_tensors = 23; }
  message Node { repeated string input = 1; repeated string output = 2; optional string name = 3;
    optional string op_type = 4; repeated Attribute attribute = 5; optional string domain = 7; }
  message Graph { repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated Sparse sparse_initializer = 15;
    repeated Value input = 11; repeated Value output = 12; }
  message Dim { optional int64 dim_value = 1; optional string dim_param = 2; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message Value { optional string name = 1; optional Type type = 2; }
  message Function { repeated Node node = 7; }
  message Model { optional int64 ir_version = 1; optional Graph graph = 7; repeated Function functions = 25; }
`);
const modelType = root.lookupType('Model');

interface Tensor {
  dims?: readonly (number | { toNumber(): number })[];
  dataType?: number;
  int32Data?: readonly number[];
  name?: string;
  rawData?: Uint8Array;
  externalData?: readonly { key?: string; value?: string }[];
}
interface Sparse {
  values?: Tensor;
  indices?: Tensor;
}
interface Attribute {
  t?: Tensor;
  g?: Graph;
  tensors?: readonly Tensor[];
  graphs?: readonly Graph[];
  sparseTensor?: Sparse;
  sparseTensors?: readonly Sparse[];
}
interface Node {
  input?: readonly string[];
  output?: readonly string[];
  name?: string;
  opType?: string;
  attribute?: readonly Attribute[];
}
interface Graph {
  node?: readonly Node[];
  initializer?: readonly Tensor[];
  sparseInitializer?: readonly Sparse[];
  input?: readonly Value[];
  output?: readonly Value[];
}
interface Value {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: readonly Dim[] } } };
}
interface Dim {
  dimValue?: number | { toNumber(): number };
  dimParam?: string;
}
interface Model {
  graph?: Graph;
  functions?: readonly { node?: readonly Node[] }[];
}

/** An input or output as the graph itself declares it; a dimension that may have any size is its symbol ('' if nameless). */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

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
}

/** A protobuf message cannot be longer. */
const LARGEST_MESSAGE = 2 ** 31 - 1;
/** TensorProto.DataType: float, uint8, int8, float16, double, bfloat16. Integers of more bits are shapes and indices. */
const WEIGHT_TYPES = new Set([1, 2, 3, 10, 11, 16]);
/** TensorProto.DataType in ONNX Runtime's words. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};
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
 * @throws CheckpointFault when the bytes are no ONNX model, or an external file is outside, missing or too short.
 */
export async function readOnnx(folder: Folder, file: string): Promise<OnnxFile> {
  const at = pathOf(folder, file);
  const size = folder.files.get(file) ?? 0;
  if (size > LARGEST_MESSAGE) {
    throw new CheckpointFault(
      file,
      `${file} is over 2 GB; export it with its weights in a file beside it (external data).`,
    );
  }
  return readBytes(folder, file, await readFile(at));
}

function readBytes(folder: Folder, file: string, bytes: Uint8Array): OnnxFile {
  const { graph, functions } = decode(file, bytes);
  const found = { parameters: 0, external: false };
  const drawing: Node[] = [];
  const off = new Set<string>();
  const seen = (node: Node) => {
    if (RANDOM_OPS.has(node.opType ?? '') || mayDropOut(node)) drawing.push(node);
    const constant = node.opType === 'Constant' ? node.attribute?.[0]?.t : undefined;
    if (constant && isFalse(constant)) off.add(node.output?.[0] ?? '');
  };
  for (const { tensor, weight } of tensorsOf(graph, functions ?? [], seen)) {
    if (checkExternal(folder, file, tensor)) found.external = true;
    if (weight && isFalse(tensor)) off.add(tensor.name ?? '');
    if (weight && WEIGHT_TYPES.has(tensor.dataType ?? 0)) found.parameters += elements(tensor);
  }
  // Older graphs list their weights among the inputs too.
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name ?? ''));
  const random = drawing.find((node) => !mayDropOut(node) || !off.has(node.input?.[TRAINING_MODE] ?? ''));
  return {
    file,
    ...found,
    random: random ? nameOf(random) : null,
    inputs: (graph.input ?? []).filter(({ name }) => !weights.has(name ?? '')).map(portOf),
    outputs: (graph.output ?? []).map(portOf),
  };
}

function portOf({ name, type }: Value): Port {
  const tensor = type?.tensorType;
  if (!tensor) return { name: name ?? '', type: 'no tensor', shape: [] };
  const shape = (tensor.shape?.dim ?? []).map(({ dimValue, dimParam }) => {
    const size = Number(dimValue ?? 0);
    return size > 0 ? size : (dimParam ?? '');
  });
  return { name: name ?? '', type: TYPE_NAMES[tensor.elemType ?? 0] ?? `type ${tensor.elemType}`, shape };
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
  readBytes(folder, file, original);
  const bytes = withZeroNoise(await withExternalWeights(folder, file, original));
  const { random, external } = readBytes(folder, file, bytes);
  if (random === null && !external) return bytes;
  throw new CheckpointFault(
    file,
    `${file} draws a random sample in its graph, so that scores would not repeat; re-export: this encoder samples.`,
  );
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

function decode(file: string, bytes: Uint8Array): Model & { graph: Graph } {
  let model: Model;
  try {
    model = modelType.decode(bytes) as unknown as Model;
  } catch {
    throw new CheckpointFault(file, `${file} is not an ONNX model: its bytes do not parse as one; export it again.`);
  }
  if (!model.graph || (model.graph.node ?? []).length === 0) {
    throw new CheckpointFault(file, `${file} is not an ONNX model: it holds no graph; export it again.`);
  }
  return model as Model & { graph: Graph };
}

function* tensorsOf(
  graph: Graph,
  functions: readonly { node?: readonly Node[] }[],
  onNode: (node: Node) => void,
): Generator<{ tensor: Tensor; weight: boolean }> {
  for (const tensor of graph.initializer ?? []) yield { tensor, weight: true };
  for (const sparse of graph.sparseInitializer ?? []) yield* sparseTensors(sparse);
  const nodes = [...(graph.node ?? []), ...functions.flatMap((f) => f.node ?? [])];
  for (const node of nodes) {
    onNode(node);
    for (const attribute of node.attribute ?? []) {
      for (const tensor of [attribute.t, ...(attribute.tensors ?? [])]) if (tensor) yield { tensor, weight: false };
      for (const sparse of [attribute.sparseTensor, ...(attribute.sparseTensors ?? [])]) {
        if (sparse) yield* sparseTensors(sparse);
      }
      for (const inner of [attribute.g, ...(attribute.graphs ?? [])]) if (inner) yield* tensorsOf(inner, [], onNode);
    }
  }
}

function* sparseTensors(sparse: Sparse): Generator<{ tensor: Tensor; weight: boolean }> {
  if (sparse.values) yield { tensor: sparse.values, weight: true };
  if (sparse.indices) yield { tensor: sparse.indices, weight: false };
}

function elements(tensor: Tensor): number {
  return (tensor.dims ?? []).reduce<number>((product, dim) => product * Math.max(0, Number(dim)), 1);
}

/** Whether a tensor's values lie in another file, which then is there and inside the folder. */
function checkExternal(folder: Folder, file: string, tensor: Tensor): boolean {
  const entries = tensor.externalData ?? [];
  if (entries.length === 0) return false;
  const field = (key: string) => entries.findLast((entry) => entry.key === key)?.value;
  const location = field('location') ?? '';
  if (location === '' || location.includes('\\') || location.includes('\0') || path.posix.isAbsolute(location)) {
    throw outside(file, location);
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), location));
  if (target.startsWith('../') || target === '..') throw outside(file, location);
  const size = folder.files.get(target);
  if (size === undefined) {
    throw new CheckpointFault(
      file,
      `${file} keeps weights in \`${target}\`, which is missing; add that file to the folder.`,
    );
  }
  const end = Number(field('offset') ?? 0) + Number(field('length') ?? 0);
  if (!(end <= size)) {
    throw new CheckpointFault(
      target,
      `${target} has ${size} bytes, fewer than ${file} needs of it; copy the whole file.`,
    );
  }
  return true;
}

function outside(file: string, location: string): CheckpointFault {
  return new CheckpointFault(
    file,
    `${file} keeps weights in \`${location}\`, which is outside the folder; export it with its weights beside it.`,
  );
}
