import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TASK_NAMES, type TaskName } from '../task.ts';

/** What a data root calls itself. */
export interface DataSetName {
  readonly name: string;
  readonly version: string;
}

/** Characters that nobody sees or that reorder what is seen would let one data set pass for another. */
export const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const word = z
  .string()
  .min(1)
  .max(60)
  .refine((text) => !UNPRINTABLE.test(text));
const Manifest = z.object({ name: word, version: word });
const Announced = z.object({ dataVersions: z.partialRecord(z.enum(TASK_NAMES), z.string().regex(/^[0-9a-f]{16}$/)) });
const MOST_BYTES = 1024 * 1024;

/**
 * Name and version in the root's `manifest.json`, as the built-in set has them, each 1 to 60 printable characters; null where
 * there is none that says so.
 */
export async function readDataSetName(root: string): Promise<DataSetName | null> {
  return (await readManifest(root, Manifest)) ?? null;
}

/**
 * The data versions that the root's `manifest.json` announces (`dataVersions`) for tasks whose images are still being made;
 * empty where it announces none.
 */
export async function readAnnouncedVersions(root: string): Promise<Partial<Record<TaskName, string>>> {
  return (await readManifest(root, Announced))?.dataVersions ?? {};
}

async function readManifest<T>(root: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const file = join(root, 'manifest.json');
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * Identity of a data set: sha256, in hex, over a line "<task> <data version>" for each task that it can serve, in
 * code-point order. Null for a set that serves none.
 */
export function dataSetSha256(versions: ReadonlyMap<string, string>): string | null {
  if (versions.size === 0) return null;
  const lines = [...versions].map(([task, version]) => `${task} ${version}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
