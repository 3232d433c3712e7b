import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import type { LeftOut } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import type { PlannedText } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';

export const SVO_FILE = 'svo/svo.json';
const CSV = 'svo_probes.csv';

export const NEG_TYPES = ['verb', 'subj', 'obj'] as const;

const Row = z.looseObject({
  pos_id: z.string(),
  neg_id: z.string(),
  sentence: z.string(),
  neg_type: z.enum(NEG_TYPES),
});
/** A row in the order of the published file's keys. */
export type SvoRow = z.infer<typeof Row>;

export interface SvoSource {
  readonly rows: readonly SvoRow[];
  /** The file that they are read from. */
  readonly from: string;
  /** Where it has the official form already. */
  readonly text: PlannedText | null;
}

/** The rows of svo_probes.csv where it was given, else those of svo.json; null where neither was. @throws PrepareFault */
export async function readRows(context: PrepareContext, leave: (left: LeftOut) => void): Promise<SvoSource | null> {
  const { metadata } = context.finds;
  const [tables, lists] = [metadata.get('svo-csv') ?? [], metadata.get('svo') ?? []];
  if (tables.length > 0) {
    for (const { path } of lists) leave({ path, files: 1, why: `holds rows of ${CSV}, which is there itself` });
    const table = await chooseText(context, 'svo', tables, `svo/${CSV}`, "SVO's table", leave);
    return { rows: fromCsv(table!), from: table!.path, text: null };
  }
  const list = await chooseText(context, 'svo', lists, SVO_FILE, "SVO's rows", leave);
  if (!list) return null;
  return { rows: jsonOf(list, z.array(Row)), from: list.path, text: planned(SVO_FILE, list) };
}

/** Those of the rows that another edition's file has too. @throws PrepareFault where the file is none */
export async function sharedRows(rows: readonly SvoRow[], other: string): Promise<SvoRow[]> {
  const key = ({ pos_id, neg_id, sentence, neg_type }: SvoRow) => JSON.stringify([pos_id, neg_id, sentence, neg_type]);
  const theirs = new Set(jsonOf({ path: other, bytes: await readFile(other) }, z.array(Row)).map(key));
  return rows.filter((row) => theirs.has(key(row)));
}

/** As the benchmark's own program makes rows of the table's. */
function fromCsv({ path, bytes }: Chosen): SvoRow[] {
  return cellsOf(path, bytes).flatMap((cells) => {
    const { pos_image_id, neg_image_id, sentence, pos_triplet, neg_triplet, subj_neg, verb_neg } = cells;
    if (!pos_image_id || !neg_image_id || !sentence) return [];
    const neg_type = isTrue(subj_neg) ? 'subj' : isTrue(verb_neg) ? 'verb' : 'obj';
    const ids = { pos_id: `${pos_image_id}.jpg`, neg_id: `${neg_image_id}.jpg` };
    return [{ ...ids, sentence, pos_triplet, neg_triplet, neg_type } satisfies SvoRow];
  });
}

const isTrue = (cell: string | undefined): boolean => /^(true|1)$/i.test(cell ?? '');

function cellsOf(path: string, bytes: Buffer): Record<string, string | undefined>[] {
  try {
    return parse(bytes, { columns: true, bom: true, skip_empty_lines: true, relax_quotes: true });
  } catch (error) {
    const why = (error as Error).message;
    throw new PrepareFault(`${path} is no table as ${CSV} is (${why}): download it again`);
  }
}
