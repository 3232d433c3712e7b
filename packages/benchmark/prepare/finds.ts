import type { Contents } from './contents.ts';
import { type FoundFile, grouped, isImageName, type LeftOut } from './found.ts';
import { METADATA_HEAD, type MetadataKind, metadataKind } from './metadata-kind.ts';
import { PrepareFault } from './prepare-fault.ts';

/** What was given, sorted by what it holds. */
export interface Finds {
  readonly images: readonly FoundFile[];
  /** By kind, in the order of their paths. */
  readonly metadata: ReadonlyMap<MetadataKind, readonly FoundFile[]>;
  /** Files that are neither. */
  readonly others: readonly FoundFile[];
}

/** Tells the files apart; those that cannot be read are left out. */
export async function sortFinds(
  files: readonly FoundFile[],
  contents: Contents,
  leave: (left: LeftOut) => void,
): Promise<Finds> {
  const kinds: { file: FoundFile; kind: MetadataKind }[] = [];
  const others: FoundFile[] = [];
  for (const file of files.filter(({ path }) => !isImageName(path))) {
    const kind = await kindOf(file, contents, leave);
    if (kind === null) others.push(file);
    else kinds.push({ file, kind });
  }
  const metadata = [...grouped(kinds, ({ kind }) => kind)].map(
    ([kind, list]) => [kind, list.map(({ file }) => file)] as const,
  );
  return { images: files.filter(({ path }) => isImageName(path)), metadata: new Map(metadata), others };
}

/** Endings of files that hold no metadata: masks, models, programs. */
const NO_METADATA = /\.(mat|xml|py|ipynb|md|sh|pkl|bin|pt|pth|onnx|npy|npz|h5|mp4|safetensors)$/i;

async function kindOf(
  file: FoundFile,
  contents: Contents,
  leave: (left: LeftOut) => void,
): Promise<MetadataKind | null> {
  if (NO_METADATA.test(file.path)) return null;
  try {
    return metadataKind(file.path, await contents.head(file, METADATA_HEAD));
  } catch (error) {
    if (!(error instanceof PrepareFault)) throw error;
    leave({ path: file.path, files: 1, why: error.saidOf(file.path) });
    return null;
  }
}
