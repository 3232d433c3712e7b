import { CheckpointFault } from '../checkpoint/fault.ts';
import {
  checkShape,
  type Ends,
  fixedRows,
  graphFault,
  matchInputs,
  notFinite,
  type Role,
} from '../checkpoint/ports.ts';
import { TEXT_ROLES, type TextRole } from '../text/text-roles.ts';
import type { TextWindow } from '../text/text-window.ts';
import type { TextTokenizer, Tokens } from '../text/tokenizer.ts';
import type { Feed, Model, Output, Port } from './session.ts';

export const IMAGE_ROLES = { pixel_values: { values: 'float', rank: [4], alias: 'image' } } as const satisfies Record<
  string,
  Role
>;

/** What a graph takes of texts, and of images. */
export interface EncoderPorts {
  readonly text: ReadonlyMap<TextRole, Port>;
  readonly pixels: Port;
}

/** The inputs of a graph that takes texts and images. @throws CheckpointFault as matchInputs does. */
export function matchBoth(graph: Ends): EncoderPorts {
  const ports = matchInputs<TextRole | 'pixel_values'>(graph, { ...TEXT_ROLES, ...IMAGE_ROLES });
  const text = new Map([...ports].filter((entry): entry is [TextRole, Port] => entry[0] !== 'pixel_values'));
  return { text, pixels: ports.get('pixel_values')! };
}

/** Feeds of some texts in a window, `rows` of them; the last text is repeated where there are fewer. */
export function textFeeds(
  ports: ReadonlyMap<TextRole, Port>,
  { from, to }: TextWindow,
  texts: readonly Tokens[],
  rows: number,
): Record<string, Feed> {
  const length = to - from;
  const fill = (row: (tokens: Tokens) => ArrayLike<number>): Feed => {
    const data = new Int32Array(rows * length);
    for (let i = 0; i < rows; i++) data.set(row(texts[Math.min(i, texts.length - 1)]!), i * length);
    return { data, dims: [rows, length] };
  };
  const positions = Int32Array.from({ length }, (_, i) => from + i);
  const zeros = new Int32Array(length);
  const of: Record<TextRole, (tokens: Tokens) => Int32Array> = {
    input_ids: (tokens) => tokens.ids.subarray(from, to),
    attention_mask: (tokens) => tokens.mask.subarray(from, to),
    position_ids: () => positions,
    token_type_ids: () => zeros,
  };
  const feeds: Record<string, Feed> = {};
  for (const [role, port] of ports) feeds[port.name] = fill(of[role]);
  return feeds;
}

/** @throws CheckpointFault when the text graph is made for another token length than the tokenizer's. */
export function checkTextPorts(model: Ends, ports: ReadonlyMap<TextRole, Port>, tokenizer: TextTokenizer): void {
  for (const port of ports.values()) checkShape(model, port, [null, tokenizer.length], 'the tokenizer');
}

/** Stacks rows of one size; the last one is repeated up to `rows`. */
export function stack(values: readonly Float32Array[], rows: number): Float32Array {
  const size = values[0]!.length;
  const data = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++) data.set(values[Math.min(i, values.length - 1)]!, i * size);
  return data;
}

/**
 * Runs rows through a graph, as many at once as it insists on, and cuts its output into rows.
 *
 * @param port the input whose first dimension counts the rows.
 * @param fit whether some can go at once where the graph does not insist; one always does.
 */
export async function encodeRows<T>(
  model: Model,
  port: Port,
  items: readonly T[],
  output: string,
  feeds: (items: readonly T[], rows: number) => Record<string, Feed>,
  fit: (items: readonly T[]) => boolean = () => true,
): Promise<EncodedRows> {
  return (await encodeOutputs(model, port, items, [output], feeds, fit))[0]!;
}

export interface EncodedRows {
  readonly rows: Float32Array[];
  /** Of one row. */
  readonly dims: readonly number[];
}

/** As encodeRows, for several outputs of the same run. */
export async function encodeOutputs<T>(
  model: Model,
  port: Port,
  items: readonly T[],
  outputs: readonly string[],
  feeds: (items: readonly T[], rows: number) => Record<string, Feed>,
  fit: (items: readonly T[]) => boolean = () => true,
): Promise<EncodedRows[]> {
  const insists = fixedRows(port);
  const encoded = outputs.map(() => ({ rows: [] as Float32Array[], dims: [] as readonly number[] }));
  for (const part of partsOf(items, (some) => (insists === null ? fit(some) : some.length <= insists))) {
    const fed = insists ?? part.length;
    const results = await model.runMany(feeds(part, fed), outputs);
    results.forEach((result, which) => {
      const into = encoded[which]!;
      into.dims = rowDims(model, outputs[which]!, result, fed);
      const width = result.data.length / fed;
      for (let i = 0; i < part.length; i++) into.rows.push(result.data.slice(i * width, (i + 1) * width));
    });
  }
  return encoded;
}

/** Cuts items into parts, each as long as it fits, of one item at least. */
function partsOf<T>(items: readonly T[], fit: (part: readonly T[]) => boolean): T[][] {
  const parts: T[][] = [];
  for (const item of items) {
    const last = parts.at(-1);
    if (last && fit([...last, item])) last.push(item);
    else parts.push([item]);
  }
  return parts;
}

function rowDims(model: Model, output: string, result: Output, fed: number): readonly number[] {
  if (result.dims[0] !== fed) {
    const found = `gives \`${output}\` with ${result.dims[0] ?? 'no'} rows when it is fed ${fed}`;
    throw new CheckpointFault([graphFault(model, found, 'a row for each', 'export it with a batch dimension')]);
  }
  return result.dims.slice(1);
}

/** @throws CheckpointFault when a value is NaN or infinite. */
export function requireFinite(model: Model, values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) throw notFinite(model);
}
