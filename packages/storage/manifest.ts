// Safe to ship to a browser.
import { isPrintable, printable } from './printable.ts';
import {
  type Argument,
  command,
  type FolderName,
  inWords,
  ofWords,
  PLAIN,
  type Remedy,
  remedy,
  UNKNOWN_FOLDER,
} from './remedy.ts';

/** Files of a checkpoint: an export of a large U-Net may have one for each of its 1,700 tensors. */
export const MAX_FILES = 2_000;
/** Of UTF-8: more has no room in the names of most file systems. */
export const MAX_PATH_BYTES = 255;
export const MAX_PATH_DEPTH = 8;
/** Of all files together, 20 GB: a large latent diffusion export with two text encoders. */
export const MAX_TOTAL_BYTES = 20e9;

/** What is wrong with a file or a folder: words that go on after its name; a noun; what mends it. */
export interface Misfit {
  readonly found: string;
  readonly expected: string;
  readonly remedy: Remedy;
}

const misfit = (found: string, expected: string, mend: string): Misfit => ({ found, expected, remedy: ofWords(mend) });

/** Why a path may not stand in a manifest, or null when it may. */
export function pathMisfit(path: string): Misfit | null {
  const rename = 'rename the file';
  if (path === '') return misfit('is empty', 'a name', 'give the file a name');
  if (!isPrintable(path))
    return misfit('holds a character that cannot be shown', 'a path of printable characters', rename);
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > MAX_PATH_BYTES) return misfit(`has ${bytes} bytes`, `a path of at most ${MAX_PATH_BYTES}`, 'shorten it');
  if (path.includes('\\')) return misfit('holds a backslash', 'a "/" between folders', rename);
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return misfit('is absolute', 'a relative path', "make it relative to the checkpoint's folder");
  const segments = path.split('/');
  if (segments.length > MAX_PATH_DEPTH)
    return misfit(`is ${segments.length} folders deep`, `a path of at most ${MAX_PATH_DEPTH}`, 'flatten it');
  if (segments.includes('')) return misfit('has an empty part', 'one "/" between names', 'write it so');
  if (segments.includes('.') || segments.includes('..'))
    return misfit('has a "." or ".." part', 'the path of a file', 'name the file itself');
  return null;
}

/** Two paths of which some file system can hold only one. */
export interface Clash {
  /** Places in the list: the one that cannot stand, and the one that it cannot stand beside. */
  readonly at: number;
  readonly beside: number;
  /** `same`: but for letter case, or for how accents are composed. `folder`: a file of this name stands where the other's folder is. */
  readonly kind: 'same' | 'folder';
}

/** All that clash, each with the first that it clashes with. */
export function clashesOf(paths: readonly string[]): Clash[] {
  const keys = paths.map((path) => path.normalize('NFC').toLowerCase());
  const first = new Map<string, number>();
  for (const [i, key] of keys.entries()) if (!first.has(key)) first.set(key, i);
  const same = keys.flatMap((key, at) => {
    const beside = first.get(key)!;
    return beside === at ? [] : [{ at, beside, kind: 'same' as const }];
  });
  const folders = new Map<number, Clash>();
  for (const [beside, key] of keys.entries())
    for (let end = key.indexOf('/'); end !== -1; end = key.indexOf('/', end + 1)) {
      const at = first.get(key.slice(0, end));
      if (at !== undefined && !folders.has(at)) folders.set(at, { at, beside, kind: 'folder' });
    }
  return [...same, ...folders.values()];
}

/** What to say of a path that clashes with `other`. */
export function clashMisfit(kind: Clash['kind'], other: string): Misfit {
  const shown = printable(other, 80);
  return kind === 'same'
    ? misfit(
        `is the same file as ${shown} on systems that do not tell upper from lower case`,
        'names that differ on every system',
        'rename one of the two',
      )
    : misfit(`is both a file and the folder of ${shown}`, 'one or the other', 'rename one of the two');
}

/** What to say of files that have too many bytes together, or null where they have not. */
export function totalMisfit(sizes: Iterable<number>): Misfit | null {
  let total = 0;
  for (const size of sizes) total += size;
  if (total <= MAX_TOTAL_BYTES) return null;
  return misfit(
    `has ${(total / 1e9).toFixed(1)} GB of files`,
    `a checkpoint of at most ${MAX_TOTAL_BYTES / 1e9} GB`,
    'export with 16-bit weights, or leave out files that are not part of the model',
  );
}

/** A sentence saying why the path may not stand in a manifest, or null when it may. */
export function checkManifestPath(path: string): string | null {
  const why = pathMisfit(path);
  return (
    why &&
    `The path ${JSON.stringify(printable(path, 80))} ${why.found}, where ${why.expected} is expected: ${inWords(why.remedy.parts)}.`
  );
}

/**
 * What to say of a folder with more files than MAX_FILES: most often each tensor of a graph has one.
 *
 * @param dir what the folder is called in commands.
 */
export function countMisfit(paths: readonly string[], dir: FolderName = UNKNOWN_FOLDER): Misfit {
  const graph = graphOfMostFiles(paths);
  const facts = {
    found: `holds ${paths.length.toLocaleString('en')} files`,
    expected: `a checkpoint of at most ${MAX_FILES.toLocaleString('en')}`,
  };
  if (!PLAIN.test(graph)) return { ...facts, remedy: ofWords('bring the weights of each graph into one file') };
  const [folder, file] = [graph.slice(0, Math.max(0, graph.lastIndexOf('/'))), graph.slice(graph.lastIndexOf('/') + 1)];
  const { path, isPlaceholder } = PLAIN.test(dir.path) ? dir : UNKNOWN_FOLDER;
  const at = (more: string): Argument => ({ text: `${path}${more}`, namesPlaceholder: isPlaceholder });
  const into = at(`-merged/${folder}`.replace(/\/$/, ''));
  const merge = command`onnx.save_model(onnx.load('${at(`/${graph}`)}'), '${into}/${file}', save_as_external_data=True, all_tensors_to_one_file=True, location='${file}_data')`;
  const bring = command`mkdir -p '${into}' && python -c "import onnx; ${merge}"`;
  return {
    ...facts,
    remedy: remedy`bring the weights of ${graph} into one file: ${bring}, and put the two files that it writes in the place of the many`,
  };
}

/** The graph in the folder with the most files: those are its tensors. */
function graphOfMostFiles(paths: readonly string[]): string {
  const counts = new Map<string, number>();
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  for (const path of paths) counts.set(folderOf(path), (counts.get(folderOf(path)) ?? 0) + 1);
  const graphs = paths.filter((path) => path.endsWith('.onnx'));
  graphs.sort((a, b) => (counts.get(folderOf(b)) ?? 0) - (counts.get(folderOf(a)) ?? 0));
  return graphs[0] ?? 'model.onnx';
}
