import { type GraphSpec, type Op, onnxModel, type Value } from './onnx-writer.ts';

/** What differs from a BLIP's matching head for images of 15 by 15 pixels. */
export interface TinyHead {
  readonly pixels?: Value['shape'];
  readonly ids?: Value['shape'];
  readonly inputs?: readonly Value[];
  /** Columns of the output. */
  readonly outputs?: number;
  readonly weight?: number;
  /** The output's name; more outputs, which are the same. */
  readonly name?: string;
  readonly also?: readonly string[];
  /** What the graph says of its output's shape. */
  readonly shape?: Value['shape'];
  readonly softmax?: boolean;
}

/** A matching head that judges by the mean colour alone: its output is [rows, outputs]. */
export function tinyHead(more: TinyHead = {}): Uint8Array {
  const columns = more.outputs ?? 2;
  const names = [more.name ?? 'itm_score', ...(more.also ?? [])];
  const shape = more.shape ?? ['batch', columns];
  const give = (out: string): Op => ({ op: more.softmax ? 'Softmax' : 'Identity', in: ['judged'], out });
  const spec: GraphSpec = {
    inputs: [
      { name: 'pixel_values', type: 'float32', shape: more.pixels ?? ['batch', 3, 15, 15] },
      { name: 'input_ids', type: 'int64', shape: more.ids ?? ['batch', 'tokens'] },
      ...(more.inputs ?? []),
    ],
    outputs: names.map((name) => ({ name, type: 'float32', shape })),
    weights: [
      {
        name: 'matrix',
        dims: [3, columns],
        data: Float32Array.from({ length: 3 * columns }, (_, i) => (more.weight ?? 1) * (1 + i / 10)),
      },
    ],
    ops: [
      { op: 'ReduceMean', in: ['pixel_values'], out: 'colour', attributes: { axes: [2, 3], keepdims: 0 } },
      { op: 'MatMul', in: ['colour', 'matrix'], out: 'judged' },
      ...names.map(give),
    ],
  };
  return onnxModel(spec);
}
