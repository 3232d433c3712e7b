import { isPlainPath } from '../load/files.ts';
import type { PrepareContext } from './context.ts';
import type { FoundFile } from './found.ts';
import { type Placed, placeBytes, placeFile } from './place.ts';
import type { SetPlan } from './plan.ts';
import { PrepareFault } from './prepare-fault.ts';

/** Files that are unpacked and moved to their places at once. */
const AT_ONCE = 64;

/** Puts a set's files at their places. @throws PrepareFault, naming the first file that is there with other bytes */
export async function carryOut(context: PrepareContext, plan: SetPlan): Promise<void> {
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
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE);
    const files = await contents.onDisk(some.map(([, file]) => file));
    for (const [i, [to, { path }]] of some.entries())
      refuseOther(await placeFile(root, to, files[i]!, scratch), to, path);
    if (!some.some(isInTar)) await contents.forget(some.map(([, file]) => file));
    onProgress(`Preparing ${plan.set}`, Math.min(at + AT_ONCE, all.length), all.length);
  }
}

const isInTar = ([, { place }]: readonly [string, FoundFile]): boolean => place.kind === 'tar';

/** Metadata may come from anywhere, and may name no place outside of the root. @throws PrepareFault */
function requirePlain(to: string, from: string): void {
  if (isPlainPath(to)) return;
  throw new PrepareFault(
    `${from} is wanted as ${JSON.stringify(to.slice(0, 200))}, which is no plain path: download the metadata again`,
  );
}

function refuseOther(placed: Placed, to: string, from: string): void {
  if (placed !== 'other') return;
  throw new PrepareFault(
    `${to} is in the data root with other content than ${from}: prepare into another folder, or remove it first`,
  );
}
