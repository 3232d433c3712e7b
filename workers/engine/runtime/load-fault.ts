import { readFile } from 'node:fs/promises';
import { printable } from '@gdbench/storage/printable';
import { CheckpointFault } from '../checkpoint/fault.ts';
import { decodeModel, type Node, tensorsOf } from '../checkpoint/onnx-graph.ts';
import type { Device, Provider } from './device.ts';

/** TensorProto.DataType */
const BFLOAT16 = 16;
const EXPORT = '`optimum-cli export onnx --model MODEL OUT/`';
/** What ONNX Runtime says of an operator that the device has no code for, and of one that nothing has. */
const NO_KERNEL = /could not find an implementation for (\w+)/i;
const NO_OPERATOR =
  /(?:fatal error: |error )?(?:([\w.-]+):)?(\w+)\(-?\d+\) is not a registered function\/op|no op registered for (\w+)/i;
const COMPILED = /EPContext/;

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
  const where = tried === 'cpu' ? cpu : `${tried} or the CPU`;
  const told = (why: string, remedy: string) =>
    new CheckpointFault({
      file,
      found: `cannot be loaded by ONNX Runtime: ${why}`,
      expected: `a graph that ${tried === 'cpu' ? 'the CPU' : where} can run`,
      remedy,
      gravity: 'file',
    });
  const elsewhere =
    tried === 'cpu' && !isAway ? ', or evaluate it on the device that it was made for (`--device cuda`)' : '';
  if (COMPILED.test(said))
    return told(
      'it was compiled for another device (operator EPContext)',
      `submit the graph that it was compiled from: ${EXPORT}`,
    );
  const kernel = NO_KERNEL.exec(said)?.[1];
  const graph = await graphOf(source);
  if (kernel !== undefined) {
    const name = qualified(kernel, graph);
    if (name !== kernel)
      return told(
        `its operator ${name} does not exist for ${where}, since the graph was optimised for a GPU provider`,
        `submit the unoptimised export (${EXPORT})${elsewhere}`,
      );
    if (graph.bfloat16)
      return told(
        `it computes in bfloat16 (operator ${name}), which does not exist for ${where}`,
        `export it in float32 or float16 (\`optimum-cli export onnx --model MODEL --dtype fp32 OUT/\`)${elsewhere}`,
      );
    return told(
      `its operator ${name} does not exist for ${where} with the types that the graph has`,
      `submit the unoptimised export in float32 (${EXPORT})${elsewhere}`,
    );
  }
  const unknown = NO_OPERATOR.exec(said);
  if (unknown) {
    const name = qualified(unknown[2] ?? unknown[3] ?? '', graph);
    return told(
      `it has the operator ${name}, which ONNX Runtime does not know`,
      `export it without that operator: ${EXPORT}`,
    );
  }
  return told(said, `export it again: ${EXPORT}`);
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
