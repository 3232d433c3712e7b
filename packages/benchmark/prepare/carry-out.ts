import { type FileKind, fileKind, KIND_PHRASES, readHead } from '../load/file-kind.ts';
import { isPlainPath } from '../load/image-path.ts';
import type { PrepareContext } from './context.ts';
import type { FoundFile, LeftOut } from './found.ts';
import { type Placed, placeBytes, placeFile } from './place.ts';
import type { SetPlan } from './plan.ts';
import { PrepareFault } from './prepare-fault.ts';

/** Files that are unpacked and moved to their places at once. */
const AT_ONCE = 64;

/**
 * Puts a set's files at their places, and gives the plan without images that are none: a pointer or a server's answer at a place
 * would stand in the way of the image that is given later. @throws PrepareFault, naming the first file that is there with other bytes
 */
export async function carryOut(context: PrepareContext, plan: SetPlan): Promise<SetPlan> {
  const { root, scratch, contents, onProgress } = context;
  for (const { to, bytes, from } of plan.texts) {
    requirePlain(to, from);
    refuseOther(await placeBytes(root, to, bytes, scratch), to, from);
  }
  const images = [...plan.images];
  for (const [to, { path }] of images) requirePlain(to, path);
  const [tars, others] = [images.filter(isInTar), images.filter((image) => !isInTar(image))];
  // a tar is read from its beginning each time
  if (tars.length > 0) await contents.onDisk(tars.map(([, file]) => file));
  const all = [...tars, ...others];
  const none = new Map<string, LeftOut>();
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const files = await contents.onDisk(some.map(([, file]) => file));
    for (const [i, [to, { path }]] of some.entries()) {
      const why = noImage(fileKind(await readHead(files[i]!)));
      if (why === null) refuseOther(await placeFile(root, to, files[i]!, scratch), to, path);
      else none.set(to, { path, files: 1, why });
    }
    if (!some.some(isInTar)) await contents.forget(some.map(([, file]) => file));
    onProgress(`Preparing ${plan.set}`, Math.min(at + AT_ONCE, all.length), all.length);
  }
  if (none.size === 0) return plan;
  return {
    ...plan,
    images: new Map(images.filter(([to]) => !none.has(to))),
    missing: [...plan.missing, ...none.keys()],
    leftOut: [...plan.leftOut, ...none.values()],
  };
}

/** Why a file of this kind is no image, whatever its name says; null where a decoder is to judge. */
function noImage(kind: FileKind): string | null {
  if (kind === 'lfs-pointer') return `is ${KIND_PHRASES[kind]}: run \`git lfs pull\` in its clone`;
  const isText = kind === 'html' || kind === 'xml' || kind === 'json';
  return isText || kind === 'empty' || kind === 'zeros' || kind === 'apple-double'
    ? `is ${KIND_PHRASES[kind]}: download it again`
    : null;
}

const isInTar = ([, { place }]: readonly [string, FoundFile]): boolean => place.kind === 'tar';

/** Metadata may come from anywhere, and may name no place outside of the root. @throws PrepareFault */
function requirePlain(to: string, from: string): void {
  if (isPlainPath(to)) return;
  throw new PrepareFault(
    from,
    `is wanted as ${JSON.stringify(to.slice(0, 200))}, which is no plain path: download the metadata again`,
  );
}

function refuseOther(placed: Placed, to: string, from: string): void {
  if (placed !== 'other') return;
  throw new PrepareFault(
    to,
    `is in the data root with other content than ${from}: prepare into another folder, or remove it first`,
  );
}
