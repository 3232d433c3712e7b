import { CheckpointFault } from '../checkpoint/fault.ts';
import type { Port } from '../checkpoint/onnx.ts';

/** A graph's ends: of a model that is loaded, or of its file alone. */
export interface Ends {
  /** Path inside the checkpoint, for messages. */
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
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
 * @throws CheckpointFault naming the first input that cannot be fed, or that is missing.
 */
export function matchInputs<R extends string>(model: Ends, roles: Readonly<Record<R, Role>>): ReadonlyMap<R, Port> {
  const fed = Object.keys(roles)
    .map((name) => `\`${name}\``)
    .join(', ');
  const found = new Map<R, Port>();
  for (const port of model.inputs) {
    const name = Object.keys(roles).find((one) => one === port.name || roles[one as R].alias === port.name);
    if (name === undefined || found.has(name as R)) {
      throw new CheckpointFault(
        model.file,
        `${model.file}: the input \`${port.name}\` is not one that GDBench can feed (it feeds ${fed}); export the model without it.`,
      );
    }
    checkPort(model, port, roles[name as R]);
    found.set(name as R, port);
  }
  for (const [name, role] of Object.entries<Role>(roles)) {
    if (!role.optional && !found.has(name as R)) {
      const has = model.inputs.map((port) => `\`${port.name}\``).join(', ') || 'none';
      throw new CheckpointFault(
        model.file,
        `${model.file} has no input \`${name}\` (it has ${has}); export the model with the inputs ${fed}.`,
      );
    }
  }
  return found;
}

function checkPort(model: Ends, port: Port, role: Role): void {
  const types = role.values === 'float' ? FLOATS : role.values === 'integer' ? INTEGERS : [...FLOATS, ...INTEGERS];
  if (!types.includes(port.type)) {
    throw new CheckpointFault(
      model.file,
      `${model.file} takes \`${port.name}\` as ${port.type}; GDBench feeds it as ${types.join(', ')}. Export it with one of these types.`,
    );
  }
  if (!role.rank.includes(port.shape.length)) {
    throw new CheckpointFault(
      model.file,
      `${model.file} takes \`${port.name}\` with ${port.shape.length} dimensions; GDBench feeds ${role.rank.join(' or ')}. Export it so.`,
    );
  }
}

/** The first output of these names; else, where `only` is set, the single output of the graph. */
export function pickOutput(model: Ends, names: readonly string[], only = false): Port {
  for (const name of names) {
    const port = model.outputs.find((output) => output.name === name);
    if (port) return port;
  }
  if (only && model.outputs.length === 1) return model.outputs[0]!;
  const has = model.outputs.map((port) => `\`${port.name}\``).join(', ') || 'none';
  throw new CheckpointFault(
    model.file,
    `${model.file} has no output ${names.map((name) => `\`${name}\``).join(' or ')} (it has ${has}); export it with that output.`,
  );
}

/** @throws CheckpointFault when the graph fixes a dimension to another size than it will be fed. */
export function checkShape(model: Ends, port: Port, dims: readonly (number | null)[], why: string): void {
  port.shape.forEach((have, axis) => {
    const want = dims[axis];
    if (typeof have === 'number' && typeof want === 'number' && have !== want) {
      throw new CheckpointFault(
        model.file,
        `${model.file} takes \`${port.name}\` with ${have} in dimension ${axis}, but ${why} gives ${want}; export them together.`,
      );
    }
  });
}

/** The number of rows a graph insists on, or null. */
export function fixedRows(port: Port): number | null {
  const rows = port.shape[0];
  return typeof rows === 'number' ? rows : null;
}
