import { readFile } from 'node:fs/promises';
import { printable } from '@gdbench/storage/printable';
import { command, type Remedy, remedy } from '@gdbench/storage/remedy';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { decodeModel, type Node, tensorsOf } from '../checkpoint/onnx-graph.ts';
import type { Device, Provider } from './device.ts';
import { loadReason } from './load-reason.ts';

/** Holds what was compiled for one device. */
const COMPILED = 'EPContext';
/** TensorProto.DataType */
const BFLOAT16 = 16;
const EXPORT = command`optimum-cli export onnx --model MODEL OUT/`;
/** What a fault of loading says after the file's name, and what mends it. */
interface Told {
  readonly why: string;
  readonly remedy: Remedy;
}

/** Where a graph was to run. */
interface Where {
  /** The devices that were tried, as a sentence names them. */
  readonly devices: string;
  /** What goes on after a remedy: the device that the graph may have been made for. */
  readonly elsewhere: string;
}

/**
 * Why a graph cannot be loaded, in terms of what is in it.
 *
 * @param said ONNX Runtime's own words.
 * @param source the model's absolute path, or its bytes.
 * @param asked the device that the user named, and `tried` the one that was tried before the CPU.
 */
export async function loadFault(
  file: string,
  said: string,
  source: string | Uint8Array,
  { asked, tried }: { asked: Device; tried: Provider },
): Promise<CheckpointFault> {
  const isAway = tried === 'cpu' && asked !== 'cpu' && asked !== 'auto';
  const cpu = isAway ? `the CPU, since ${asked} cannot be used here` : 'the CPU';
  const onGpu =
    tried === 'cpu' && !isAway ? ', or evaluate it on the device that it was made for (`--device cuda`)' : '';
  const where = { devices: tried === 'cpu' ? cpu : `${tried} or the CPU`, elsewhere: onGpu };
  const { why, remedy: mend } = await told(said, source, where);
  return new CheckpointFault({
    file,
    found: `cannot be loaded by ONNX Runtime: ${why}`,
    expected: `a graph that ${tried === 'cpu' ? 'the CPU' : where.devices} can run`,
    remedy: mend,
    gravity: 'file',
  });
}

async function told(said: string, source: string | Uint8Array, where: Where): Promise<Told> {
  const graph = await graphOf(source);
  if (graph.nodes.some(({ opType }) => opType === COMPILED))
    return {
      why: `it was compiled for another device (operator ${COMPILED})`,
      remedy: remedy`submit the graph that it was compiled from: ${EXPORT}`,
    };
  const reason = loadReason(said);
  switch (reason.kind) {
    case 'no-kernel':
      return withoutKernel(reason.operator, graph, where);
    case 'no-operator':
      return {
        why: `it has the operator ${qualified(reason.operator, graph)}, which ONNX Runtime does not know`,
        remedy: remedy`export it without that operator: ${EXPORT}`,
      };
    case 'other':
      return { why: said, remedy: remedy`export it again: ${EXPORT}` };
  }
}

function withoutKernel(operator: string, graph: Operators, { devices, elsewhere }: Where): Told {
  const name = qualified(operator, graph);
  if (name !== operator)
    return {
      why: `its operator ${name} does not exist for ${devices}, since the graph was optimised for a GPU provider`,
      remedy: remedy`submit the unoptimised export (${EXPORT})${elsewhere}`,
    };
  if (graph.bfloat16)
    return {
      why: `it computes in bfloat16 (operator ${name}), which does not exist for ${devices}`,
      remedy: remedy`export it in float32 or float16 (${command`optimum-cli export onnx --model MODEL --dtype fp32 OUT/`})${elsewhere}`,
    };
  return {
    why: `its operator ${name} does not exist for ${devices} with the types that the graph has`,
    remedy: remedy`submit the unoptimised export in float32 (${EXPORT})${elsewhere}`,
  };
}

interface Operators {
  readonly nodes: readonly Node[];
  /** Whether any number of the graph is of this type. */
  readonly bfloat16: boolean;
}

async function graphOf(source: string | Uint8Array): Promise<Operators> {
  const model = decodeModel(typeof source === 'string' ? await readFile(source) : source);
  if (!model) return { nodes: [], bfloat16: false };
  const nodes: Node[] = [];
  let bfloat16 = [...(model.graph.input ?? []), ...(model.graph.output ?? [])].some(
    ({ type }) => type?.tensorType?.elemType === BFLOAT16,
  );
  for (const { tensor } of tensorsOf(model.graph, model.functions ?? [], (node) => nodes.push(node)))
    bfloat16 ||= tensor.dataType === BFLOAT16;
  return { nodes, bfloat16 };
}

/** An operator with its domain, where that is not ONNX's own. */
function qualified(op: string, { nodes }: Operators): string {
  const domain = nodes.find((node) => node.opType === op && (node.domain ?? '') !== '')?.domain ?? '';
  const known =
    domain === '' || domain === 'ai.onnx' || nodes.some((node) => node.opType === op && (node.domain ?? '') === '');
  return printable(known ? op : `${domain}.${op}`, 120);
}
