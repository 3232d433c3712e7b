// Safe to ship to a browser.
import { isJunk } from './junk.ts';

/** Which of the files of a folder are the checkpoint. */
export interface CheckpointFiles {
  /** The folder inside that is the checkpoint, without a slash at its end; '' when it is the folder itself. */
  readonly root: string;
  /** The checkpoint's files, as they were given: below `root`, and no junk. */
  readonly paths: readonly string[];
  /** The others: junk, and what lies beside `root`. */
  readonly leftOut: readonly string[];
}

/** Files that say that a checkpoint begins in their folder. */
const MODEL_FILE =
  /\.(json|onnx|onnx[._]data.*|data|safetensors|bin|ckpt|pth?|msgpack|h5|gguf|tflite|xml|pb|model)$|^(vocab|merges)\.txt$/i;
/** Files that say that a folder is worth looking into. */
const ROOT_FILE = /(^|\/)(model_index\.json|config\.json|[^/]*\.onnx)$/i;
/** Folders that are a part of a checkpoint, and not one themselves. */
const PART =
  /^(unet|transformer|controlnet|prior|vae|vae_(en|de)coder|vqvae|movq|(text|image)_encoder(_\d)?|tokenizer(_\d)?|scheduler|safety_checker|feature_extractor|visual|textual)$/i;

/**
 * Finds the checkpoint among a folder's paths: junk is left out, and where the folder holds no file of a model itself but one folder
 * that does, that one is the checkpoint, at any depth (an unpacked download, a snapshot of the Hugging Face cache). Paths alone
 * decide, so that a browser, the command line, the API and a worker find the same. A second look changes nothing.
 */
export function checkpointFiles(given: readonly string[]): CheckpointFiles {
  const own = given.filter((path) => !isJunk(path));
  let root = '';
  for (let next: string | null = ''; next !== null; next = onlyCheckpointIn(below(root, own))) {
    root = join(root, next);
  }
  const paths = root === '' ? own : own.filter((path) => path.startsWith(`${root}/`));
  const kept = new Set(paths);
  return { root, paths, leftOut: given.filter((path) => !kept.has(path)) };
}

/** A path of the folder as the checkpoint names it. */
export function pathInside(root: string, path: string): string {
  return root === '' ? path : path.slice(root.length + 1);
}

const join = (root: string, name: string): string => (root === '' ? name : name === '' ? root : `${root}/${name}`);

function below(root: string, paths: readonly string[]): string[] {
  return paths.filter((path) => root === '' || path.startsWith(`${root}/`)).map((path) => pathInside(root, path));
}

/** The one folder at the top that may be a checkpoint, where nothing beside it is of one; else null. */
function onlyCheckpointIn(paths: readonly string[]): string | null {
  if (paths.some((path) => !path.includes('/') && MODEL_FILE.test(path))) return null;
  const promising = paths.filter((path) => path.indexOf('/') > 0 && ROOT_FILE.test(path));
  const folders = new Set(promising.map((path) => path.slice(0, path.indexOf('/'))));
  const [only] = folders;
  if (only === undefined || folders.size > 1 || PART.test(only)) return null;
  return /^onnx$/i.test(only) && !paths.includes(`${only}/config.json`) ? null : only;
}
