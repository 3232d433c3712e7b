import protobuf from 'protobufjs';

/**
 * The few fields of ONNX's protobuf that inspection looks at (numbers from onnx.proto); weights are skipped, or left where they lie.
 * A graph may sit in a node's attribute, and a tensor too, so that every place where a file can be named is covered.
 */
const { root } = protobuf.parse(`
  syntax = "proto2";
  message Entry { optional string key = 1; optional string value = 2; }
  message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; repeated float float_data = 4 [packed = true]; repeated int32 int32_data = 5; optional string name = 8;
    optional bytes raw_data = 9; repeated Entry external_data = 13; optional int32 data_location = 14; }
  message Sparse { optional Tensor values = 1; optional Tensor indices = 2; }
  message Attribute { optional string name = 1; optional Tensor t = 5; optional Graph g = 6; repeated int64 ints = 8;
    repeated Tensor tensors = 10; repeated Graph graphs = 11; optional Sparse sparse_tensor = 22; repeated Sparse sparse_tensors = 23; }
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

export interface Tensor {
  dims?: readonly (number | { toNumber(): number })[];
  dataType?: number;
  floatData?: readonly number[];
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
  name?: string;
  t?: Tensor;
  g?: Graph;
  ints?: readonly (number | { toNumber(): number })[];
  tensors?: readonly Tensor[];
  graphs?: readonly Graph[];
  sparseTensor?: Sparse;
  sparseTensors?: readonly Sparse[];
}
export interface Node {
  input?: readonly string[];
  output?: readonly string[];
  name?: string;
  opType?: string;
  attribute?: readonly Attribute[];
  /** '' is ONNX's own. */
  domain?: string;
}
export interface Graph {
  node?: readonly Node[];
  initializer?: readonly Tensor[];
  sparseInitializer?: readonly Sparse[];
  input?: readonly Value[];
  output?: readonly Value[];
}
export interface Value {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim?: readonly Dim[] } } };
}
interface Dim {
  dimValue?: number | { toNumber(): number };
  dimParam?: string;
}
export interface Model {
  graph?: Graph;
  functions?: readonly { node?: readonly Node[] }[];
}

/** A message that holds a graph; null where the bytes are none. */
export function decodeModel(bytes: Uint8Array): (Model & { graph: Graph }) | null {
  try {
    const model = modelType.decode(bytes) as unknown as Model;
    return model.graph && (model.graph.node ?? []).length > 0 ? (model as Model & { graph: Graph }) : null;
  } catch {
    return null;
  }
}

/** Bytes that the last field of a message lacks; 0 where the bytes do not begin as a model does, or are whole. */
export function bytesMissing(bytes: Uint8Array): number {
  const reader = protobuf.Reader.create(bytes);
  try {
    while (reader.pos < reader.len) {
      const first = reader.pos === 0;
      const tag = reader.uint32();
      // a model begins with the version of its format
      if (first && (tag !== IR_VERSION || (bytes[1] ?? 0) > 127)) return 0;
      if ((tag & 7) !== LENGTH_DELIMITED) reader.skipType(tag & 7);
      else {
        const length = reader.uint32();
        if (length > reader.len - reader.pos) return length - (reader.len - reader.pos);
        reader.skip(length);
      }
    }
    return 0;
  } catch {
    return 1;
  }
}

const IR_VERSION = 1 << 3;
const LENGTH_DELIMITED = 2;

/** An input or output as the graph itself declares it; a dimension that may have any size is its symbol ('' if nameless). */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

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
export function portOf({ name, type }: Value): Port {
  const tensor = type?.tensorType;
  if (!tensor) return { name: name ?? '', type: 'no tensor', shape: [] };
  const shape = (tensor.shape?.dim ?? []).map(({ dimValue, dimParam }) => {
    const size = Number(dimValue ?? 0);
    return size > 0 ? size : (dimParam ?? '');
  });
  return { name: name ?? '', type: TYPE_NAMES[tensor.elemType ?? 0] ?? `type ${tensor.elemType}`, shape };
}

/** Every tensor of a graph and of those inside it; `weight`: it is an initializer. */
export function* tensorsOf(
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
