import type { Storage } from '@gdbench/storage/storage';
import pMap from 'p-map';

/** Questions to the storage that are under way at once; an object store answers each over the network. */
const AT_ONCE = 16;

/** Bytes of those files that the storage holds, by hash. */
export async function storedSizes(storage: Storage, hashes: ReadonlySet<string>): Promise<Map<string, number>> {
  const ask = async (hash: string) => [hash, await storage.size(hash)] as const;
  const sizes = await pMap(hashes, ask, { concurrency: AT_ONCE });
  return new Map(sizes.flatMap(([hash, size]) => (size === null ? [] : [[hash, size]])));
}
