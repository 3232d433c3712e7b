import { command, type Remedy, remedy } from '@gdbench/storage/remedy';
import { CheckpointFault } from './fault.ts';
import type { ModelConfig } from './model-config.ts';
import { modelType, OPEN_CLIP } from './model-types.ts';
import type { Port } from './onnx.ts';
import { type Ends, portNames } from './ports.ts';

export type TowerName = 'text' | 'image';

/**
 * What exporters call the embedding that lies in the space of images and texts: transformers and Optimum, open_clip, Jina CLIP. The
 * normalised ones are last: a cosine is the same, and they are at times wrongly shaped.
 */
const EMBEDDINGS: Readonly<Record<TowerName, readonly string[]>> = {
  text: ['text_embeds', 'text_features', 'text_embeddings', 'l2norm_text_embeddings'],
  image: ['image_embeds', 'image_features', 'image_embeddings', 'l2norm_image_embeddings'],
};
/** immich's exports, of one tower a graph. */
const OF_ONE_TOWER = 'embedding';
/** In the common space only where the model has no projection behind its pooling. */
const POOLED = 'pooler_output';

/** Whether a graph is one tower of a pair, or holds both. */
export type Share = 'one' | 'both';

/**
 * The output that holds a tower's embedding.
 *
 * @throws CheckpointFault that says which output is wanting, and what makes an export with it.
 */
export function embeddingOf(graph: Ends, tower: TowerName, share: Share, model: ModelConfig): Port {
  const type = model.type === null ? undefined : modelType(model.type);
  const pooled = share === 'one' && type?.pooled === true;
  const names = [...EMBEDDINGS[tower], ...(share === 'one' ? [OF_ONE_TOWER] : []), ...(pooled ? [POOLED] : [])];
  for (const name of names) {
    const port = graph.outputs.find((output) => output.name === name);
    if (port) return withWidth(graph, port);
  }
  throw new CheckpointFault({ file: graph.file, ...missing(graph, tower, share, model), gravity: 'kind' });
}

function withWidth(graph: Ends, port: Port): Port {
  if (port.shape.length === 0 || port.shape.length === 2) return port;
  throw new CheckpointFault({
    file: graph.file,
    found: `gives \`${port.name}\` with ${port.shape.length} dimensions`,
    expected: 'one embedding a row, [batch, width]',
    remedy: 'export the pooled embedding',
    gravity: 'kind',
  });
}

/** transformers' class of one tower with its projection. */
const WITH_PROJECTION: Readonly<Record<string, string>> = {
  clip: 'CLIP',
  metaclip_2: 'MetaClip2',
  altclip: 'AltCLIP',
};

function missing(graph: Ends, tower: TowerName, share: Share, model: ModelConfig) {
  const other = tower === 'text' ? 'image' : 'text';
  const wanted = EMBEDDINGS[tower][0]!;
  const has = portNames(graph.outputs);
  const before = graph.outputs.some(({ name }) => name === POOLED || name === 'last_hidden_state');
  const swapped = graph.outputs.some(({ name }) => EMBEDDINGS[other].includes(name));
  if (share === 'one' && swapped && !before) {
    return {
      found: `gives ${has}, the embedding of ${other === 'text' ? 'texts' : 'images'}`,
      expected: `\`${wanted}\``,
      remedy: 'give each encoder the file name of its own kind, and export it with the output of its own kind',
    };
  }
  if (before && model.type === null) {
    return {
      found: `gives ${has}, perhaps from before a projection (${model.file} names no model_type)`,
      expected: `\`${wanted}\``,
      remedy: remedy`write the model's own \`model_type\` into ${model.file} (siglip has no projection), or ${exportWhole(model)}`,
    };
  }
  if (before) {
    const kind = WITH_PROJECTION[model.type ?? ''];
    const by = kind ? ` of a ${kind}${tower === 'text' ? 'Text' : 'Vision'}ModelWithProjection` : ' (projected)';
    return {
      found: `gives ${has}, from before the projection into the space that images and texts share`,
      expected: `\`${wanted}\`${by}`,
      remedy: exportWhole(model),
    };
  }
  return { found: `gives ${has}`, expected: `\`${wanted}\``, remedy: exportWhole(model) };
}

/** What exports a dual encoder with its projections. */
function exportWhole({ type, name }: ModelConfig): string | Remedy {
  if (type === OPEN_CLIP) {
    return "export `model.encode_text` and `model.encode_image`: `torch.onnx.export(..., output_names=['text_features'])` and `['image_features']`";
  }
  const source = name !== null && /^[\w.-]+\/[\w.-]+$/.test(name) ? name : 'MODEL';
  return remedy`export the whole model: ${command`optimum-cli export onnx --model ${source} --task zero-shot-image-classification OUT/`}`;
}

/** @throws CheckpointFault when the two embeddings are of different widths. */
export function checkWidths(text: { graph: Ends; port: Port }, image: { graph: Ends; port: Port }): void {
  const [a, b] = [text.port.shape[1], image.port.shape[1]];
  if (typeof a !== 'number' || typeof b !== 'number' || a === b) return;
  throw new CheckpointFault({
    file: image.graph.file,
    found: `embeds images in ${b} numbers (\`${image.port.name}\`), and ${text.graph.file} texts in ${a} (\`${text.port.name}\`)`,
    expected: 'one width for both',
    remedy: 'export both encoders of one model, with their projections',
    gravity: 'kind',
  });
}
