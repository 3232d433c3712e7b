import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UNPRINTABLE } from '../load/data-set.ts';
import { formFault } from '../load/form-fault.ts';
import { jsonFault } from '../load/json-fault.ts';
import { TASK_NAMES } from '../task.ts';
import type { Edition } from './edition.ts';
import { EDITIONS } from './editions.ts';

/** A file of editions that cannot be read: its message is one sentence. */
export class EditionsFault extends Error {
  override readonly name = 'EditionsFault';
}

const count = z.int().min(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const Task = z.strictObject({
  examples: count,
  images: count.optional(),
  groups: z.record(z.string(), count).optional(),
  metadata: z.record(z.string(), hash).optional(),
  questions: hash.optional(),
  dataVersion: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
});
const File = z.strictObject({
  editions: z.array(
    z.strictObject({ name: z.string().min(1).max(60), tasks: z.partialRecord(z.enum(TASK_NAMES), Task) }),
  ),
});

/**
 * The editions that are known, and those of a JSON file that an organiser names (the setting GDBENCH_EDITIONS; undefined: none).
 * The file is the organiser's: no data root brings its own.
 *
 * @throws EditionsFault
 */
export async function readEditions(file: string | undefined): Promise<readonly Edition[]> {
  if (file === undefined || file === '') return EDITIONS;
  const fault = (what: string) => new EditionsFault(`The file of editions ${file} (GDBENCH_EDITIONS) ${what}.`);
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fault(`cannot be read (${error.code ?? 'unknown fault'}): give a JSON file, or leave the setting out`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault(jsonFault(text).words);
  }
  const parsed = File.safeParse(json);
  if (!parsed.success) {
    const { place, words } = formFault(parsed.error.issues[0]!, json);
    throw fault(`has another form than docs/official-data.md tells${place && ` at ${place}`}: ${words}`);
  }
  const { editions } = parsed.data as { editions: Edition[] };
  for (const edition of editions) {
    const flaw = flawOf(edition, editions);
    if (flaw) throw fault(flaw);
  }
  return [...EDITIONS, ...editions];
}

function flawOf({ name, tasks }: Edition, editions: readonly Edition[]): string | null {
  if (UNPRINTABLE.test(name)) return `has a name with characters that cannot be seen: ${JSON.stringify(name)}`;
  const twice =
    [...EDITIONS, ...editions].filter((other) => other.name.toLowerCase() === name.toLowerCase()).length > 1;
  if (twice) return `names an edition ${name}, which there is already: give it a name of its own`;
  const loose = Object.entries(tasks).find(
    ([, { metadata = {}, questions, dataVersion }]) =>
      Object.keys(metadata).length === 0 && questions === undefined && dataVersion === undefined,
  );
  return loose
    ? `says nothing of ${loose[0]} in ${name} by which its data could be told from others: give its dataVersion, or metadata with their sha256`
    : null;
}
