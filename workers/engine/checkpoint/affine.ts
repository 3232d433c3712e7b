import { fromHalf } from '../runtime/float16.ts';
import type { Graph, Node, Tensor } from './onnx-graph.ts';

/** y = factor * x + offset, for every number x. */
export interface Affine {
  readonly factor: number;
  readonly offset: number;
}

/** What a graph does to the numbers of its inputs before anything else, and to those of its outputs after all else, by their names. */
export interface Affines {
  readonly inputs: ReadonlyMap<string, Affine>;
  readonly outputs: ReadonlyMap<string, Affine>;
}

const SAME: Affine = { factor: 1, offset: 0 };
/** Steps that are followed; more are no change of a range. */
const MOST = 8;

/** Whatever changes nothing is left out. */
export function affinesOf(graph: Graph): Affines {
  const wiring = wiringOf(graph);
  const changed = (ports: Graph['input'], of: (name: string) => Affine) =>
    new Map(
      (ports ?? [])
        .map(({ name = '' }) => [name, of(name)] as const)
        .filter(([, { factor, offset }]) => factor !== 1 || offset !== 0),
    );
  return {
    inputs: changed(graph.input, (name) => entering(wiring, name)),
    outputs: changed(graph.output, (name) => leaving(wiring, name)),
  };
}

/** What is known of the values of a graph by their names: single numbers, and the nodes that make and that take one. */
interface Wiring {
  readonly numbers: ReadonlyMap<string, number>;
  readonly makers: ReadonlyMap<string, Node>;
  readonly takers: ReadonlyMap<string, readonly Node[]>;
}

function wiringOf({ node: nodes = [], initializer = [] }: Graph): Wiring {
  const numbers = new Map<string, number>();
  const makers = new Map<string, Node>();
  const takers = new Map<string, Node[]>();
  const keep = (name: string, tensor: Tensor) => {
    const value = numberIn(tensor);
    if (value !== null) numbers.set(name, value);
  };
  for (const tensor of initializer) keep(tensor.name ?? '', tensor);
  for (const node of nodes) {
    const constant = node.opType === 'Constant' ? node.attribute?.find(({ name }) => name === 'value')?.t : undefined;
    if (constant) keep(node.output?.[0] ?? '', constant);
    for (const name of node.output ?? []) makers.set(name, node);
    // A shape is read beside whatever becomes of the numbers.
    if (node.opType === 'Shape') continue;
    for (const name of new Set(node.input ?? [])) {
      const known = takers.get(name);
      if (known) known.push(node);
      else takers.set(name, [node]);
    }
  }
  return { numbers, makers, takers };
}

function entering({ numbers, takers }: Wiring, name: string): Affine {
  let [at, sum] = [name, SAME];
  for (let n = 0; n < MOST; n++) {
    const [taker, ...others] = takers.get(at) ?? [];
    const step = taker && others.length === 0 ? stepOf(taker, numbers) : null;
    if (!step || step.from !== at) break;
    sum = after(sum, step);
    at = step.to;
  }
  return sum;
}

function leaving({ numbers, makers }: Wiring, name: string): Affine {
  let [at, sum] = [name, SAME];
  for (let n = 0; n < MOST; n++) {
    const maker = makers.get(at);
    const step = maker ? stepOf(maker, numbers) : null;
    if (!step) break;
    sum = after(step, sum);
    at = step.from;
  }
  return sum;
}

/** first, then second. */
function after(first: Affine, second: Affine): Affine {
  return { factor: first.factor * second.factor, offset: first.offset * second.factor + second.offset };
}

interface Step extends Affine {
  readonly from: string;
  readonly to: string;
}

/** A node that does the same to every number; null: another. */
function stepOf({ opType, input = [], output = [] }: Node, numbers: ReadonlyMap<string, number>): Step | null {
  const [a = '', b = ''] = input;
  const ends = { from: a, to: output[0] ?? '' };
  if (opType === 'Cast' || opType === 'Identity') return { ...ends, ...SAME };
  const [left, right] = [numbers.get(a), numbers.get(b)];
  const number = right ?? left;
  if (number === undefined || (left !== undefined && right !== undefined)) return null;
  const from = right === undefined ? b : a;
  switch (opType) {
    case 'Mul':
      return { ...ends, from, factor: number, offset: 0 };
    case 'Add':
      return { ...ends, from, factor: 1, offset: number };
    case 'Div':
      return right === undefined ? null : { ...ends, factor: 1 / number, offset: 0 };
    case 'Sub':
      return right === undefined
        ? { ...ends, from, factor: -1, offset: number }
        : { ...ends, factor: 1, offset: -number };
    default:
      return null;
  }
}

/** TensorProto.DataType */
const [FLOAT, HALF, DOUBLE] = [1, 10, 11];

/** Numbers of a tensor that may say the same of each channel. */
const MOST_CHANNELS = 64;

/** The number in a tensor of one, or of one for each channel that are all the same, as those of `Normalize([0.5] * 3, [0.5] * 3)`. */
function numberIn({ dims = [], dataType, rawData, floatData }: Tensor): number | null {
  const count = dims.reduce<number>((all, dim) => all * Number(dim), 1);
  if (!(count >= 1 && count <= MOST_CHANNELS) || dims.filter((dim) => Number(dim) !== 1).length > 1) return null;
  const numbers = dataType === FLOAT && floatData?.length === count ? floatData : rawNumbers(dataType, rawData, count);
  const [first] = numbers;
  return first !== undefined && numbers.every((number) => number === first) ? first : null;
}

/** Nothing where the bytes are not those of so many numbers: values that lie in another file leave none here. */
function rawNumbers(dataType: number | undefined, rawData: Uint8Array | undefined, count: number): number[] {
  const size = dataType === FLOAT ? 4 : dataType === DOUBLE ? 8 : dataType === HALF ? 2 : null;
  if (size === null || rawData?.byteLength !== size * count) return [];
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: count }, (_, i) => {
    if (size === 4) return view.getFloat32(i * size, true);
    return size === 8 ? view.getFloat64(i * size, true) : fromHalf(view.getUint16(i * size, true));
  });
}
