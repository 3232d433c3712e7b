import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { isPlainPath, withoutFarFolder } from '../../load/image-path.ts';
import { SVO_ROW } from '../../load/svo.ts';
import { type AskableRows, askableRows, isJson, pythonValue } from '../askable-rows.ts';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import type { LeftOut } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import type { PlannedText } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';

export const SVO_FILE = 'svo/svo.json';
const CSV = 'svo_probes.csv';

export const NEG_TYPES = SVO_ROW.shape.neg_type.options;

/** A row in the order of the published file's keys. */
export type SvoRow = z.infer<typeof SVO_ROW>;

export interface SvoSource extends AskableRows<SvoRow> {
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
    return { ...askableRows<SvoRow>(table!.path, fromCsv(table!), SVO_ROW), from: table!.path, text: null };
  }
  const list = await chooseText(context, 'svo', lists, SVO_FILE, "SVO's rows", leave);
  if (!list) return null;
  const asked = askableRows<SvoRow>(list.path, pythonValue(list.path, list.bytes), SVO_ROW);
  const isAsPublished = asked.unasked.length === 0 && isJson(list.bytes) && asked.rows.every(isNamed);
  return {
    ...asked,
    rows: asked.rows.map(withNames),
    from: list.path,
    text: isAsPublished ? planned(SVO_FILE, list) : null,
  };
}

/** Those of the rows that another edition's file has too. @throws PrepareFault where the file is none */
export async function sharedRows(rows: readonly SvoRow[], other: string): Promise<SvoRow[]> {
  const key = ({ pos_id, neg_id, sentence, neg_type }: SvoRow) => JSON.stringify([pos_id, neg_id, sentence, neg_type]);
  const theirs = new Set(jsonOf({ path: other, bytes: await readFile(other) }, z.array(SVO_ROW)).map(key));
  return rows.filter((row) => theirs.has(key(row)));
}

const isNamed = ({ pos_id, neg_id }: SvoRow): boolean => isPlainPath(pos_id) && isPlainPath(neg_id);

/** A row that was saved with the places of its images on one machine has their names again. */
const withNames = (row: SvoRow): SvoRow => ({
  ...row,
  pos_id: withoutFarFolder(row.pos_id),
  neg_id: withoutFarFolder(row.neg_id),
});

/** As the benchmark's own program makes rows of the table's; what a cell lacks, its row does. */
function fromCsv({ path, bytes }: Chosen): object[] {
  return cellsOf(path, bytes).map((cells) => {
    const { pos_image_id, neg_image_id, sentence, pos_triplet, neg_triplet } = cells;
    const neg_type = (['subj', 'verb', 'obj'] as const).find((type) => isTrue(cells[`${type}_neg`]));
    const ids = { pos_id: idOf(pos_image_id), neg_id: idOf(neg_image_id) };
    return { ...ids, sentence, pos_triplet, neg_triplet, neg_type };
  });
}

/** A program that reads numbers saves 12 as 12.0 where another cell of the column is empty. */
const idOf = (cell: string | undefined): string | undefined => (cell ? `${cell.replace(/\.0$/, '')}.jpg` : undefined);

const isTrue = (cell: string | undefined): boolean => /^(true|1)$/i.test(cell ?? '');

function cellsOf(path: string, bytes: Buffer): Record<string, string | undefined>[] {
  const text = textOf(path, bytes);
  const [head = ''] = text.split('\n');
  // programs of countries that write 0,5 part cells by semicolons
  const delimiter = [';', '\t'].find((mark) => head.split(mark).length > head.split(',').length) ?? ',';
  try {
    return parse(text, { columns: true, delimiter, skip_empty_lines: true, relax_quotes: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new PrepareFault(path, `${csvFault(error)}: download it again`);
  }
}

function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PrepareFault(path, `is not UTF-8 text, as ${CSV} is: download it again`);
  }
}

function csvFault({ code, lines }: CsvError & { readonly lines?: number }): string {
  const where = lines === undefined ? '' : ` in line ${lines}`;
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `is cut short: a quotation mark${where} is never closed`;
  return `is no table as ${CSV} is: its cells${where} are not those of its first line`;
}
