import { type DualEncoderLayout, readDualEncoderLayout } from './dual-encoder-layout.ts';
import { type EncoderGraphs, findGraphs } from './encoder-graphs.ts';
import { CheckpointFault, Faults } from './fault.ts';
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
  const kind = model && (await faults.attempt(() => kindOf(model, graphs)));
  const layout =
    model && kind === 'matching-head'
      ? await readMatchingHeadLayout(folder, models, graphs.text, model, faults)
      : await readDualEncoderLayout(folder, models, graphs, kind && model, faults);
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

function kindOf(model: ModelConfig, { text: graph }: Graphs): ModelType['kind'] {
  const head = graph?.outputs.some(({ name }) => name === MATCH_OUTPUT) ?? false;
  if (model.type === null) return head ? 'matching-head' : 'dual-encoder';
  const known = modelType(model.type);
  if (known && !(head && known.kind === 'dual-encoder')) return known.kind;
  const kind = head ? 'matching-head' : 'dual-encoder';
  const type = model.type.slice(0, 80);
  const about = otherType(model.type);
  throw new CheckpointFault({
    file: model.file,
    found: `says \`model_type\` is ${JSON.stringify(type)}${about ? `, which ${about}` : ''}`,
    expected: `a ${kind === 'matching-head' ? 'matching head' : 'dual encoder'} that GDBench knows (${typesOf(kind)})`,
    remedy: about
      ? 'give a model of one of these types'
      : `if ${head ? 'its head is like BLIP\'s, write "blip"' : 'its embeddings are compared by their cosine as CLIP\'s are, write "clip"'}`,
    gravity: 'kind',
  });
}
