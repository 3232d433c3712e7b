import { printable } from '@gdbench/storage/printable';
import type { EncoderGraphs } from './encoder-graphs.ts';
import { type EncoderInputs, readEncoderInputs } from './encoder-inputs.ts';
import { CheckpointFault, type Faults, faultOf } from './fault.ts';
import type { Folder } from './folder.ts';
import type { ModelConfig } from './model-config.ts';
import type { OnnxFile, Port } from './onnx.ts';
import { fixedRows } from './ports.ts';

/** The output of a matching head as its class calls it: [pairs, 2], the logits of "no match" and of "match". */
export const MATCH_OUTPUT = 'itm_score';

/** A BLIP-like export whose one graph judges an image and a text together, its configuration read, no model loaded yet. */
export interface MatchingHeadLayout extends EncoderInputs {
  readonly kind: 'matching-head';
  readonly model: string;
  /** The output that holds the two logits. */
  readonly output: string;
}

/** @returns nothing where there is a fault, which then is in `faults`. */
export async function readMatchingHeadLayout(
  folder: Folder,
  models: EncoderGraphs,
  graph: OnnxFile | undefined,
  model: ModelConfig,
  faults: Faults,
): Promise<MatchingHeadLayout | undefined> {
  if (!('joint' in models)) {
    faults.add(
      faultOf({
        file: models.text,
        found: `and ${models.image} are encoders apart, though ${model.file} says ${model.type}`,
        expected: 'one graph that judges an image and a text together',
        remedy: `export ${exportHead(model)}`,
        gravity: 'kind',
      }),
    );
    return undefined;
  }
  const output = graph && (await faults.attempt(() => matchOutput(graph, model)));
  const ends = graph && { ...graph, exporter: exportHead(model) };
  const inputs = await readEncoderInputs(folder, model, { text: ends, image: ends }, faults);
  return inputs && output && { kind: 'matching-head', model: models.joint, output: output.name, ...inputs };
}

/** The class of each type that has a matching head. */
const CLASSES: Readonly<Record<string, string>> = {
  blip: 'BlipForImageTextRetrieval',
  'blip-2': 'Blip2ForImageTextRetrieval',
};

/**
 * The output with the two logits: by its name; or, of a class whose head it is, the one output of two numbers a pair, whatever
 * torch.onnx.export called it.
 *
 * @throws CheckpointFault that says what there is instead.
 */
function matchOutput(graph: OnnxFile, model: ModelConfig): Port {
  const named = graph.outputs.find(({ name }) => name === MATCH_OUTPUT);
  if (named && (named.shape.length === 0 || isPairOfLogits(graph, named, true))) return named;
  if (named) throw noHead(graph, model, `gives \`${MATCH_OUTPUT}\` as ${shapeOf(named)}`);
  const known = CLASSES[model.type ?? ''];
  if (model.architectures.length > 0 && known !== undefined && !model.architectures.includes(known)) {
    throw noHead(graph, model, `is of a ${printable(model.architectures[0]!, 60)} (${model.file})`);
  }
  const pairs = graph.outputs.filter((port) => isPairOfLogits(graph, port, false));
  if (pairs.length === 1) return pairs[0]!;
  const shown = graph.outputs.slice(0, SHOWN).map((port) => `\`${printable(port.name, 60)}\` ${shapeOf(port)}`);
  throw noHead(graph, model, `gives ${shown.join(', ') || 'nothing'}`);
}

/** Outputs that are told of. */
const SHOWN = 8;

const shapeOf = ({ shape }: Port): string => `[${shape.map((size) => printable(String(size || '?'), 40)).join(', ')}]`;

/**
 * Whether an output is [pairs, 2]. As many columns as there are rows may be the similarities of each with each: where the graph
 * insists on two rows, only a name tells.
 */
function isPairOfLogits(graph: OnnxFile, { type, shape }: Port, named: boolean): boolean {
  if (shape.length !== 2 || shape[1] !== 2 || !type.startsWith('float')) return false;
  return named || (shape[0] !== 2 && !graph.inputs.some((port) => fixedRows(port) === 2));
}

function noHead({ file }: OnnxFile, model: ModelConfig, found: string): CheckpointFault {
  return new CheckpointFault({
    file,
    found,
    expected: `\`${MATCH_OUTPUT}\` [batch, 2] (the logits of "no match" and "match")`,
    remedy: `export ${exportHead(model)}`,
    gravity: 'kind',
  });
}

/** What is to be exported, and how: Optimum exports neither. */
function exportHead(model: ModelConfig): string {
  const blip2 = model.type === 'blip-2';
  const how = blip2 ? '`use_image_text_matching_head=True`' : '`use_itm_head=True`';
  const named = `\`torch.onnx.export(..., output_names=['${MATCH_OUTPUT}'])\``;
  return `a ${CLASSES[blip2 ? 'blip-2' : 'blip']} with ${how} by ${named}`;
}
