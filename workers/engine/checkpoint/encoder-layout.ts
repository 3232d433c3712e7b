import { type DualEncoderLayout, readDualEncoderLayout } from './dual-encoder-layout.ts';
import { type EncoderGraphs, findGraphs } from './encoder-graphs.ts';
import { CheckpointFault, type Fault, Faults, faultOf } from './fault.ts';
import { shown } from './fields.ts';
import type { Folder } from './folder.ts';
import { MATCH_OUTPUT, type MatchingHeadLayout, readMatchingHeadLayout } from './matching-head-layout.ts';
import { type ModelConfig, readModelConfig } from './model-config.ts';
import { type ModelType, modelType, otherType, typesOf } from './model-types.ts';
import { naflexFault } from './naflex.ts';
import { type OnnxFile, readOnnx } from './onnx.ts';

interface Graphs {
  readonly text: OnnxFile | undefined;
  readonly image: OnnxFile | undefined;
}

/**
 * Reads a dual encoder or a matching head: config.json says which, and where it names no type, an output that only a matching head
 * has.
 *
 * @throws CheckpointFault with all that is wrong.
 */
export async function readEncoderLayout(folder: Folder): Promise<DualEncoderLayout | MatchingHeadLayout> {
  const faults = new Faults();
  const models = findGraphs(folder);
  const graphs = await readGraphs(folder, models, faults);
  for (const graph of Object.values(graphs)) {
    const naflex = graph && naflexFault(graph, folder.name);
    // No setting of such a model could mend it.
    if (naflex) throw new CheckpointFault([naflex]);
  }
  const model = await faults.attempt(() => readModelConfig(folder, faults));
  const head = graphs.text?.outputs.some(({ name }) => name === MATCH_OUTPUT) ?? false;
  if (model) faults.add(...typeFaults(model, head));
  const layout = await (model && (head || kindOf(model) === 'matching-head')
    ? readMatchingHeadLayout(folder, models, graphs.text, model, faults)
    : readDualEncoderLayout(folder, models, graphs, model, faults));
  faults.settle();
  if (layout) return layout;
  throw new Error('a layout that is not there has no fault');
}

async function readGraphs(folder: Folder, models: EncoderGraphs, faults: Faults): Promise<Graphs> {
  const read = (file: string) => faults.attempt(() => readOnnx(folder, file));
  if ('joint' in models) {
    const graph = await read(models.joint);
    return { text: graph, image: graph };
  }
  return { text: await read(models.text), image: await read(models.image) };
}

const kindOf = ({ type }: ModelConfig): ModelType['kind'] | undefined =>
  type === null ? undefined : modelType(type)?.kind;

/**
 * What speaks against the model's type: it is not known, or is a dual encoder's though the graph has a matching head's output.
 *
 * @throws CheckpointFault for a type that could not be served whatever else were mended.
 */
function typeFaults(model: ModelConfig, head: boolean): Fault[] {
  const { file, type } = model;
  const kind = kindOf(model);
  if (type === null || (kind !== undefined && !(head && kind === 'dual-encoder'))) return [];
  const [noun, like] = head
    ? ['matching head', 'its head is like BLIP\'s, write "blip"']
    : ['dual encoder', 'its embeddings are compared by their cosine as CLIP\'s are, write "clip"'];
  const expected = `a ${noun} that GDBench knows (${typesOf(head ? 'matching-head' : 'dual-encoder')})`;
  const says = `says \`model_type\` is ${shown(type)}`;
  const about = otherType(type);
  if (about !== undefined) {
    const remedy = 'give a model of one of these types';
    throw new CheckpointFault({ file, found: `${says}, which ${about}`, expected, remedy, gravity: 'kind' });
  }
  return [faultOf({ file, found: says, expected, remedy: `if ${like}`, gravity: 'kind' })];
}
