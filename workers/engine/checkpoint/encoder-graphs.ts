import type { Folder } from './folder.ts';
import { missingFile } from './missing.ts';

/** The graphs of a dual encoder or a matching head: a pair of encoders, or one graph that holds all. */
export type EncoderGraphs = { readonly text: string; readonly image: string } | { readonly joint: string };

/** What exports call a pair: transformers and Optimum, at the root or under onnx/; open_clip, as folders (immich) or files. */
const PAIRS: readonly { readonly text: string; readonly image: string }[] = [
  ...['', 'onnx/'].flatMap((place) => [
    { text: `${place}text_model.onnx`, image: `${place}vision_model.onnx` },
    { text: `${place}textual.onnx`, image: `${place}visual.onnx` },
    { text: `${place}text_encoder.onnx`, image: `${place}image_encoder.onnx` },
  ]),
  { text: 'textual/model.onnx', image: 'visual/model.onnx' },
];
const JOINT = ['model.onnx', 'onnx/model.onnx', 'open_clip_model.onnx'];

/** Where tokenizers lie: beside the configuration, or in a folder of their own (immich's exports, pipelines). */
const TOKENIZER_DIRS = ['', 'textual', 'tokenizer'];
const TOKENIZER_FILE = /^(tokenizer\.json|tokenizer_config\.json|vocab\.(json|txt)|[^/]+\.(model|spm))$/;

/** The folder that holds the tokenizer; '' for the checkpoint's own, also where there is none. */
export function tokenizerDir({ files }: Folder): string {
  const has = (dir: string) => {
    const at = dir === '' ? '' : `${dir}/`;
    return [...files.keys()].some((file) => file.startsWith(at) && TOKENIZER_FILE.test(file.slice(at.length)));
  };
  return TOKENIZER_DIRS.find(has) ?? '';
}

/** Whether a folder looks like a dual encoder or a matching head at all, so that faults in it are named as one's. */
export function looksLikeEncoder(folder: Folder): boolean {
  return graphsThere(folder).length > 0;
}

/** The graphs that scoring would run: a pair, one that holds both, or the half of a pair that is there. */
export function graphsThere({ files }: Folder): string[] {
  const has = (file: string) => files.has(file);
  const pair = PAIRS.find(({ text, image }) => has(text) && has(image));
  if (pair) return [pair.text, pair.image];
  const joint = JOINT.find(has);
  if (joint !== undefined) return [joint];
  const half = PAIRS.flatMap(({ text, image }) => [text, image]).find(has);
  return half === undefined ? [] : [half];
}

/**
 * A pair of encoders wins over a graph that holds both: it does not run one for the other's sake.
 *
 * @throws CheckpointFault when there is one of a pair alone.
 */
export function findGraphs(folder: Folder): EncoderGraphs {
  const [file = JOINT[0]!, other] = graphsThere(folder);
  const pair = PAIRS.find(({ text, image }) => text === file || image === file);
  if (!pair) return { joint: file };
  if (other !== undefined) return pair;
  const missing = file === pair.text ? pair.image : pair.text;
  throw missingFile(folder, missing, `an encoder of ${file === pair.text ? 'images' : 'texts'} beside ${file}`);
}
