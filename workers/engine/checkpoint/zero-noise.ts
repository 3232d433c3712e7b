import protobuf from 'protobufjs';

/*
 * Older exports of a VAE encoder draw a sample of the posterior inside the graph. With zeros in the place of that draw the
 * posterior's mean comes out (GDBENCH.md 1.1). Only the bytes of the drawing nodes are replaced, and weights in other files are
 * taken in; all else is copied as it is.
 */

const { Reader, Writer } = protobuf;

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const NODE = { input: 1, output: 2, op: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, int: 3, tensor: 5, ints: 8, type: 20 };
const TENSOR = { dims: 1, type: 2, raw: 9, external: 13, location: 14 };
const ENTRY = { key: 1, value: 2 };
const INT_ATTRIBUTE = 2;
const TENSOR_ATTRIBUTE = 4;
const FLOAT = 1;
/** Bytes of a number of the types a draw can have: float, float16, double, bfloat16. */
const BYTES: Readonly<Record<number, number>> = { 1: 4, 10: 2, 11: 8, 16: 2 };
/** Numbers in a draw; more is no latent. */
const LARGEST_DRAW = 2 ** 26;

const LENGTH_DELIMITED = 2;
const tag = (field: number, wire: number): number => (field << 3) | wire;

interface Field {
  readonly number: number;
  /** The field with its tag. */
  readonly whole: Uint8Array;
  /** What a length-delimited field holds; empty for the others. */
  readonly content: Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const key = reader.uint32();
    const wire = key & 7;
    let content = bytes.subarray(0, 0);
    if (wire === LENGTH_DELIMITED) content = reader.bytes();
    else reader.skipType(wire);
    yield { number: key >>> 3, whole: bytes.subarray(start, reader.pos), content };
  }
}

/** The message with some length-delimited fields replaced, by one or several; `replace` gives null to keep one. */
function rewrite(bytes: Uint8Array, field: number, replace: (content: Uint8Array) => Uint8Array[] | null): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, whole, content } of fieldsOf(bytes)) {
    const changed = number === field ? replace(content) : null;
    const written = changed?.map((one) => Writer.create().uint32(tag(field, LENGTH_DELIMITED)).bytes(one).finish());
    parts.push(...(written ?? [whole]));
  }
  return Buffer.concat(parts);
}

/** The model's bytes with zeros for every RandomNormal and RandomNormalLike of its main graph. */
export function withZeroNoise(model: Uint8Array): Uint8Array {
  return rewrite(model, MODEL_GRAPH, (graph) => [rewrite(graph, GRAPH_NODE, zeroNodes)]);
}

function zeroNodes(node: Uint8Array): Uint8Array[] | null {
  const fields = [...fieldsOf(node)];
  const texts = (number: number) =>
    fields.filter((field) => field.number === number).map(({ content }) => Buffer.from(content).toString());
  const op = texts(NODE.op)[0];
  const outputs = texts(NODE.output);
  const input = texts(NODE.input)[0];
  const attributes = fields
    .filter((field) => field.number === NODE.attribute)
    .map(({ content }) => [...fieldsOf(content)]);
  const named = (name: string) =>
    attributes.find((parts) =>
      parts.some((part) => part.number === ATTRIBUTE.name && Buffer.from(part.content).toString() === name),
    );
  const [shape, dtype] = [named('shape'), named('dtype')];
  const type = dtype ? integers(dtype, ATTRIBUTE.int)[0] : undefined;
  if (type !== undefined && BYTES[type] === undefined) return null;
  if (op === 'RandomNormalLike' && input !== undefined) return zerosLike(input, type, outputs);
  if (op !== 'RandomNormal' || !shape) return null;
  const constant = constantZeros(integers(shape, ATTRIBUTE.ints), type ?? FLOAT, outputs);
  return constant && [constant];
}

/** x - x: zeros of x's shape and type, or of the type that the draw states, which may be another. */
function zerosLike(input: string, type: number | undefined, outputs: readonly string[]): Uint8Array[] {
  if (type === undefined) return [nodeOf('Sub', [input, input], outputs)];
  const zeros = `${outputs[0]}/zeros`;
  return [nodeOf('Sub', [input, input], [zeros]), nodeOf('Cast', [zeros], outputs, castTo(type))];
}

function nodeOf(op: string, inputs: readonly string[], outputs: readonly string[], attribute?: Uint8Array): Uint8Array {
  const writer = Writer.create();
  for (const name of inputs) writer.uint32(tag(NODE.input, LENGTH_DELIMITED)).string(name);
  for (const name of outputs) writer.uint32(tag(NODE.output, LENGTH_DELIMITED)).string(name);
  writer.uint32(tag(NODE.op, LENGTH_DELIMITED)).string(op);
  if (attribute) writer.uint32(tag(NODE.attribute, LENGTH_DELIMITED)).bytes(attribute);
  return writer.finish();
}

function castTo(type: number): Uint8Array {
  const attribute = Writer.create();
  attribute.uint32(tag(ATTRIBUTE.name, LENGTH_DELIMITED)).string('to');
  attribute.uint32(tag(ATTRIBUTE.int, 0)).int64(type);
  return attribute.uint32(tag(ATTRIBUTE.type, 0)).int32(INT_ATTRIBUTE).finish();
}

function constantZeros(shape: readonly number[], type: number, outputs: readonly string[]): Uint8Array | null {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const width = BYTES[type];
  if (width === undefined || !(size > 0 && size <= LARGEST_DRAW)) return null;
  const tensor = Writer.create();
  for (const dim of shape) tensor.uint32(tag(TENSOR.dims, 0)).int64(dim);
  tensor.uint32(tag(TENSOR.type, 0)).int32(type);
  tensor.uint32(tag(TENSOR.raw, LENGTH_DELIMITED)).bytes(new Uint8Array(width * size));
  const attribute = Writer.create();
  attribute.uint32(tag(ATTRIBUTE.name, LENGTH_DELIMITED)).string('value');
  attribute.uint32(tag(ATTRIBUTE.tensor, LENGTH_DELIMITED)).bytes(tensor.finish());
  attribute.uint32(tag(ATTRIBUTE.type, 0)).int32(TENSOR_ATTRIBUTE);
  return nodeOf('Constant', [], outputs, attribute.finish());
}

/** An attribute's integers, packed or one a field. */
function integers(attribute: readonly Field[], of: number): number[] {
  return attribute
    .filter(({ number }) => number === of)
    .flatMap(({ whole, content }) => {
      const packed = content.length > 0;
      const reader = Reader.create(packed ? content : whole);
      if (!packed) reader.uint32();
      const values: number[] = [];
      while (reader.pos < reader.len) values.push(Number(reader.int64()));
      return values;
    });
}

/** A slice of a file beside the model; `length` is absent where it goes to the file's end. */
export interface ExternalSlice {
  readonly location: string;
  readonly offset: number;
  readonly length: number | undefined;
}

/**
 * The model's bytes with the weights that lay in other files inside them, as a session made from bytes needs them.
 *
 * @param read the bytes of a slice.
 */
export function withInnerWeights(model: Uint8Array, read: (slice: ExternalSlice) => Uint8Array): Uint8Array {
  return rewrite(model, MODEL_GRAPH, (graph) => [
    rewrite(graph, GRAPH_INITIALIZER, (tensor) => {
      const fields = [...fieldsOf(tensor)];
      const slice = sliceOf(fields);
      if (!slice) return null;
      const kept = fields.filter(({ number }) => number !== TENSOR.external && number !== TENSOR.location);
      const raw = Writer.create().uint32(tag(TENSOR.raw, LENGTH_DELIMITED)).bytes(read(slice)).finish();
      return [Buffer.concat([...kept.map(({ whole }) => whole), raw])];
    }),
  ]);
}

function sliceOf(tensor: readonly Field[]): ExternalSlice | null {
  const entries = new Map<string, string>();
  for (const { number, content } of tensor) {
    if (number !== TENSOR.external) continue;
    const parts = [...fieldsOf(content)];
    const text = (of: number) => Buffer.from(parts.find((part) => part.number === of)?.content ?? []).toString();
    entries.set(text(ENTRY.key), text(ENTRY.value));
  }
  const location = entries.get('location');
  if (location === undefined) return null;
  const length = entries.get('length');
  return {
    location,
    offset: Number(entries.get('offset') ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}
