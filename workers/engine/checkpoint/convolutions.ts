import type { Graph, Node } from './onnx-graph.ts';

/** What a graph's convolutions tell where its declared shapes leave sizes open. */
export interface Convolutions {
  /** Channels that the convolutions over an input take, by the input's name. */
  readonly channels: ReadonlyMap<string, number>;
  /** How many pixels become one, along a side, on the way from the first input: the product of all strides. */
  readonly stride: number;
}

/** Operators that hand an input on as it is. */
const PASSING = new Set(['Cast', 'Identity']);
const STRIDED = new Set(['Conv', 'AveragePool', 'MaxPool']);

/** @param graph of an image encoder or a U-Net; in other graphs the numbers mean nothing. */
export function convolutionsOf({ node: nodes = [], initializer = [] }: Graph): Convolutions {
  const kernels = new Map(initializer.map(({ name, dims }) => [name ?? '', (dims ?? []).map(Number)]));
  const sources = new Map<string, string>();
  const channels = new Map<string, number>();
  let stride = 1;
  for (const node of nodes) {
    const [input = '', kernel = ''] = node.input ?? [];
    const source = sources.get(input) ?? input;
    if (PASSING.has(node.opType ?? '')) sources.set(node.output?.[0] ?? '', source);
    const width = node.opType === 'Conv' ? kernels.get(kernel)?.[1] : undefined;
    if (width !== undefined && !channels.has(source)) channels.set(source, width);
    if (STRIDED.has(node.opType ?? '')) stride *= strideOf(node);
  }
  return { channels, stride };
}

function strideOf({ attribute = [] }: Node): number {
  return Number(attribute.find(({ name }) => name === 'strides')?.ints?.[0] ?? 1);
}
