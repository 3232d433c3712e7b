import { z } from 'zod';
import { asPythonWrites } from '../../load/python-json.ts';
import { WINOGROUND_ROW } from '../../load/winoground.ts';
import { isJson, pythonValue } from '../askable-rows.ts';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import { type FoundFile, folderOf, grouped, type LeftOut } from '../found.ts';
import { readTable } from '../parquet.ts';
import { planOf } from '../pick.ts';
import type { PlannedText, Recipe } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';
import { isPublished } from '../published.ts';

const TO = 'winoground/data.json';

const tag = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
/** A row in the order of the official file's keys; what else it says is dropped. */
const Row = z.object({
  id: z.coerce.number().int().nonnegative(),
  caption_0: z.string(),
  caption_1: z.string(),
  tag,
  secondary_tag: tag,
  num_main_preds: z.coerce.number().nullish(),
  collapsed_tag: tag,
});

/** The rows and what they were read from. */
interface Rows {
  readonly text: PlannedText;
  readonly ids: readonly number[];
  /** Images that stand in the rows themselves, by their names. */
  readonly embedded: readonly FoundFile[];
}

/** The official data.json, or its rows as JSON lines or as a Parquet table, whose images may stand in it. */
export const winoground: Recipe = {
  set: 'winoground',
  tasks: ['winoground'],
  async plan(context) {
    const leftOut: LeftOut[] = [];
    const rows = await rowsOf(context, (left) => leftOut.push(left));
    if (!rows) return null;
    const wanted = rows.ids.flatMap((id) =>
      [0, 1].map((k) => ({ to: `winoground/images/ex_${id}_img_${k}.png`, names: [`ex_${id}_img_${k}.png`] })),
    );
    const finds = { ...context.finds, images: [...rows.embedded, ...context.finds.images] };
    const plan = { set: 'winoground', tasks: ['winoground'], texts: [rows.text], leftOut } as const;
    return planOf({ ...context, finds }, plan, wanted);
  },
};

async function rowsOf(context: PrepareContext, leave: (left: LeftOut) => void): Promise<Rows | null> {
  const { metadata } = context.finds;
  const choose = (files: readonly FoundFile[]) =>
    chooseText(context, 'winoground', files, TO, "Winoground's rows", leave);
  const [lists, lines] = [metadata.get('winoground') ?? [], metadata.get('winoground-lines') ?? []];
  const list = lists.length > 0 ? await listFrom(choose, lists, lines, leave) : null;
  if (list) return list;
  if (lines.length > 0) return fromLines((await choose(lines))!);
  const tables = await fromTables(context, metadata.get('parquet') ?? []);
  if (tables) return tables;
  const kept = await choose([]);
  return kept && fromList(kept);
}

/** Of a list; null where it is cut short, and lines hold the same. */
async function listFrom(
  choose: (files: readonly FoundFile[]) => Promise<Chosen | null>,
  lists: readonly FoundFile[],
  lines: readonly FoundFile[],
  leave: (left: LeftOut) => void,
): Promise<Rows | null> {
  const chosen = (await choose(lists))!;
  try {
    const rows = fromList(chosen);
    for (const { path } of lines) leave({ path, files: 1, why: 'holds the rows of data.json, which is there' });
    return rows;
  } catch (error) {
    if (!(error instanceof PrepareFault) || lines.length === 0) throw error;
    leave({ path: chosen.path, files: 1, why: error.saidOf(chosen.path) });
    return null;
  }
}

function fromList(chosen: Chosen): Rows {
  const { path, bytes } = chosen;
  const value = pythonValue(path, bytes);
  const rows = valid(path, value);
  const isRead = isJson(bytes) && z.array(WINOGROUND_ROW).safeParse(value).success;
  const twice = (value as unknown[]).length - rows.length;
  const how: string[] = [];
  if (!isRead) how.push('NaN and null are empty tags');
  if (twice > 0)
    how.push(
      `${twice} ${twice === 1 ? 'row that stood there twice stands' : 'rows that stood there twice stand'} there once`,
    );
  const asGiven = how.length === 0 ? planned(TO, chosen) : made(path, rows, `mended: ${how.join('; ')}`);
  const text = isPublished(TO, bytes) ? asGiven : (inOrder(path, rows) ?? asGiven);
  return { text, ids: rows.map(({ id }) => id), embedded: [] };
}

function fromLines({ path, bytes }: Chosen): Rows {
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split('\n');
  const values = lines.flatMap((line) => (line.trim() === '' ? [] : [pythonValue(path, Buffer.from(line))]));
  const rows = valid(path, values);
  return {
    text: made(path, rows, 'written from JSON lines in the official form'),
    ids: rows.map(({ id }) => id),
    embedded: [],
  };
}

/** Of tables of the set that lie in one folder, the parts of one; null where none is the set's. */
async function fromTables(context: PrepareContext, files: readonly FoundFile[]): Promise<Rows | null> {
  for (const [folder, parts] of grouped(files, ({ path }) => folderOf(path))) {
    const tables = await Promise.all(parts.map((file) => readTable(context, file, COLUMNS, imageName)));
    const own = tables.filter((table) => table !== null);
    if (own.length === 0) continue;
    const from = parts.length === 1 ? parts[0]!.path : `${folder}/`;
    const rows = valid(
      from,
      own.flatMap((table) => table.rows),
    );
    const text = made(from, rows, 'written from a Parquet table in the official form');
    return { text, ids: rows.map(({ id }) => id), embedded: own.flatMap(({ images }) => images) };
  }
  return null;
}

const COLUMNS = ['caption_0', 'caption_1'];

/** The name of the image in a column of a table's row. */
function imageName({ id }: Record<string, unknown>, column: string): string | null {
  const [, k] = /^image_([01])$/.exec(column) ?? [];
  return k === undefined ? null : `ex_${String(id)}_img_${k}.png`;
}

function valid(path: string, value: unknown): z.infer<typeof Row>[] {
  const rows = z.array(Row).min(1).safeParse(value);
  if (rows.success) return onceEach(path, rows.data);
  const [row, ...key] = rows.error.issues[0]!.path.map(String);
  const place = row === undefined ? 'no list of rows' : `no ${key.join(', ') || 'valid row'} in row ${row}`;
  throw new PrepareFault(path, `has ${place}, as Winoground's file has: download it again`);
}

/** Rows without those that stand there a second time. @throws PrepareFault where two of one id differ */
function onceEach(path: string, rows: readonly z.infer<typeof Row>[]): z.infer<typeof Row>[] {
  const seen = new Map<number, string>();
  return rows.filter((row) => {
    const text = JSON.stringify(row);
    const same = seen.get(row.id);
    if (same !== undefined && same !== text)
      throw new PrepareFault(path, `holds two different rows of the id ${row.id}: download it again`);
    seen.set(row.id, text);
    return same === undefined;
  });
}

/** The published file, where these are its rows in another order; else null. */
function inOrder(path: string, rows: readonly z.infer<typeof Row>[]): PlannedText | null {
  const sorted = made(
    path,
    rows.toSorted((a, b) => a.id - b.id),
    'mended: written as it was published',
  );
  return isPublished(TO, sorted.bytes) ? sorted : null;
}

function made(path: string, rows: readonly z.infer<typeof Row>[], how: string): PlannedText {
  const ordered = rows.map(({ num_main_preds, ...row }) => {
    const { collapsed_tag, ...before } = row;
    // in the place that it has in the official file
    return { ...before, ...(num_main_preds == null ? {} : { num_main_preds }), collapsed_tag };
  });
  return { to: TO, bytes: asPythonWrites(ordered), from: path, made: how };
}
