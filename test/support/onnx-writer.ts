import protobuf from 'protobufjs';

/*
 * Writes small ONNX graphs for tests, from the numbers of onnx.proto alone, so that a test can have a model of any shape,
 * type or fault without a file from elsewhere.
 */

const { root } = protobuf.parse(`
  syntax = "proto2";
  message Opset { optional string domain = 1; optional int64 version = 2; }
  message Dim { optional int64 dim_value = 1; optional string dim_param = 2; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message ValueInfo { optional string name = 1; optional Type type = 2; }
  message Entry { optional string key = 1; optional string value = 2; }
  message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9;
    repeated Entry external_data = 13; optional int32 data_location = 14; }
  message Attribute { optional string name = 1; optional float f = 2; optional int64 i = 3; repeated float floats = 7;
    repeated int64 ints = 8; optional int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated Attribute attribute = 5;
    optional string domain = 7; }
  message Graph { repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11;
    repeated ValueInfo output = 12; }
  message Model { optional int64 ir_version = 1; optional string producer_name = 2; optional Graph graph = 7; repeated Opset opset_import = 8; }
`);
const Model = root.lookupType('Model');

/** TensorProto.DataType */
export const TYPES = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;
export type TypeName = keyof typeof TYPES;

export interface Value {
  readonly name: string;
  readonly type: TypeName;
  /** A string is a dimension's symbol. */
  readonly shape: readonly (number | string)[];
}

export interface Op {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: string;
  /** Whose operator it is. Default: ONNX's own. */
  readonly domain?: string;
  /** Whole numbers and lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Weights {
  readonly name: string;
  readonly dims: readonly number[];
  /** Bytes are of type bool, pairs of bytes of type bfloat16. */
  readonly data: Float32Array | BigInt64Array | Uint8Array | Uint16Array;
  /** Where the values are said to lie instead of in the model. */
  readonly external?: { readonly location: string; readonly offset?: number; readonly length?: number };
}

export interface GraphSpec {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly ops: readonly Op[];
  readonly weights: readonly Weights[];
}

const OPSET = 13;
const INT = 2;
const INTS = 7;

/** The bytes of a model. */
export function onnxModel(spec: GraphSpec): Uint8Array {
  const message = {
    irVersion: 8,
    producerName: 'test',
    opsetImport: [
      { domain: '', version: OPSET },
      ...[...new Set(spec.ops.flatMap(({ domain }) => domain ?? []))].map((domain) => ({ domain, version: 1 })),
    ],
    graph: {
      name: 'test',
      node: spec.ops.map(({ op, in: input, out, domain = '', attributes = {} }) => ({
        opType: op,
        domain,
        input,
        output: [out],
        attribute: Object.entries(attributes).map(([name, value]) =>
          typeof value === 'number' ? { name, i: value, type: INT } : { name, ints: value, type: INTS },
        ),
      })),
      initializer: spec.weights.map(tensor),
      input: spec.inputs.map(valueInfo),
      output: spec.outputs.map(valueInfo),
    },
  };
  return Model.encode(Model.fromObject(message)).finish();
}

function tensor({ name, dims, data, external }: Weights): object {
  const type = typeOf(data);
  const head = { name, dims, dataType: TYPES[type] };
  if (!external) return { ...head, rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  const entries = Object.entries(external).map(([key, value]) => ({ key, value: String(value) }));
  return { ...head, externalData: entries, dataLocation: 1 };
}

function typeOf(data: Weights['data']): TypeName {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint16Array) return 'bfloat16';
  return data instanceof Uint8Array ? 'bool' : 'int64';
}

function valueInfo({ name, type, shape }: Value): object {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: TYPES[type], shape: { dim } } } };
}
