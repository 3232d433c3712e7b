import { printable } from '@gdbench/storage/printable';
import { type Command, command, remedy } from '@gdbench/storage/remedy';
import { CheckpointFault, type Fault, Faults, faultOf } from './fault.ts';
import type { Port } from './onnx.ts';

/** A graph's ends: of a model that is loaded, or of its file alone. */
export interface Ends {
  /** Path inside the checkpoint, for messages. */
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What exports such a graph: a command, or words; Optimum where it is left out. */
  readonly exporter?: string | Command;
}

/** Inputs or outputs that are named in a sentence; a graph may have any number of them. */
const NAMED = 8;

/** The names of a graph's inputs or outputs. */
export function portNames(ports: readonly Port[]): string {
  const names = ports.slice(0, NAMED).map(({ name }) => `\`${printable(name, 60)}\``);
  const rest = ports.length - names.length;
  return names.length === 0 ? 'none' : `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const FLOATS = ['float32', 'float16', 'float64'];
const INTEGERS = ['int32', 'int64'];

/** What a graph may ask for under a name. */
export interface Role {
  readonly values: 'float' | 'integer' | 'number';
  /** Rank that is fed, or several. */
  readonly rank: readonly number[];
  readonly optional?: boolean;
  /** What other exporters call it. */
  readonly alias?: string;
}

/**
 * Matches a graph's inputs to the roles of its kind of model.
 *
 * @throws CheckpointFault with every input that cannot be fed, or that is missing.
 */
export function matchInputs<R extends string>(model: Ends, roles: Readonly<Record<R, Role>>): ReadonlyMap<R, Port> {
  const fed = Object.keys(roles)
    .map((name) => `\`${name}\``)
    .join(', ');
  const faults = new Faults();
  const found = new Map<R, Port>();
  for (const port of model.inputs) {
    const name = Object.keys(roles).find((one) => one === port.name || roles[one as R].alias === port.name);
    if (name === undefined || found.has(name as R)) {
      const what = `has the input \`${printable(port.name, 60)}\`, which is not one that GDBench can feed`;
      faults.add(graphFault(model, what, `a graph with inputs among ${fed}`, 'export the model without it'));
      continue;
    }
    found.set(name as R, port);
    faults.add(...portFaults(model, port, roles[name as R]));
  }
  for (const [name, role] of Object.entries<Role>(roles)) {
    if (role.optional || found.has(name as R)) continue;
    const what = `has no input \`${name}\` (it has ${portNames(model.inputs)})`;
    faults.add(graphFault(model, what, `a graph with the inputs ${fed}`, 'export the model with them'));
  }
  faults.settle();
  return found;
}

/** A fault of a graph, whose remedy is another export. @param how what is to be other in it, as an imperative. */
export function graphFault(
  { file, exporter = EXPORT }: Pick<Ends, 'file' | 'exporter'>,
  found: string,
  expected: string,
  how: string,
): Fault {
  return faultOf({ file, found, expected, remedy: remedy`${how}: ${exporter}`, gravity: 'file' });
}

/** The fault of a graph that gives NaN or infinite values. */
export function notFinite(model: Pick<Ends, 'file' | 'exporter'>): CheckpointFault {
  const found = 'gives values that are not finite (NaN or infinite)';
  return new CheckpointFault([
    graphFault(model, found, 'a finite number everywhere', 'check its weights, or export it in float32'),
  ]);
}

const EXPORT = command`optimum-cli export onnx --model MODEL OUT/`;

function portFaults(model: Ends, port: Port, role: Role): Fault[] {
  const types = role.values === 'float' ? FLOATS : role.values === 'integer' ? INTEGERS : [...FLOATS, ...INTEGERS];
  const faults: Fault[] = [];
  const takes = `takes \`${port.name}\``;
  if (!types.includes(port.type))
    faults.push(graphFault(model, `${takes} as ${port.type}`, types.join(', '), 'export it with one of these types'));
  if (!role.rank.includes(port.shape.length)) {
    const ranks = `${role.rank.join(' or ')} dimensions`;
    faults.push(graphFault(model, `${takes} with ${port.shape.length} dimensions`, ranks, 'export it so'));
  }
  return faults;
}

/** The first output of these names; else, where `only` is set, the single output of the graph. */
export function pickOutput(model: Ends, names: readonly string[], only = false): Port {
  for (const name of names) {
    const port = model.outputs.find((output) => output.name === name);
    if (port) return port;
  }
  if (only && model.outputs.length === 1) return model.outputs[0]!;
  const wanted = names.map((name) => `\`${name}\``).join(' or ');
  const found = `has no output ${wanted} (it has ${portNames(model.outputs)})`;
  throw new CheckpointFault([graphFault(model, found, 'a graph with that output', 'export it with that output')]);
}

/** @throws CheckpointFault when the graph fixes a dimension to another size than it will be fed. */
export function checkShape(model: Ends, port: Port, dims: readonly (number | null)[], why: string): void {
  port.shape.forEach((have, axis) => {
    const want = dims[axis];
    if (typeof have === 'number' && typeof want === 'number' && have !== want) {
      const found = `takes \`${port.name}\` with ${have} in dimension ${axis}, but ${why} gives ${want}`;
      throw new CheckpointFault([graphFault(model, found, 'parts that fit each other', 'export them together')]);
    }
  });
}

/** The number of rows a graph insists on, or null. */
export function fixedRows(port: Port): number | null {
  const rows = port.shape[0];
  return typeof rows === 'number' ? rows : null;
}
