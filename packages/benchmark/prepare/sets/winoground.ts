import { z } from 'zod';
import { type Chosen, chooseText, planned } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import type { FoundFile, LeftOut } from '../found.ts';
import { readTable } from '../parquet.ts';
import { pickImages } from '../pick.ts';
import type { PlannedText, Recipe, SetPlan } from '../plan.ts';
import { PrepareFault } from '../prepare-fault.ts';
import { asPythonWrites, parsePythonJson } from '../python-json.ts';

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
    const picked = await pickImages({ ...context, finds }, 'winoground', wanted);
    return {
      set: 'winoground',
      tasks: ['winoground'],
      texts: [rows.text],
      ...picked,
      lacking: [],
      leftOut,
      notes: [],
    } satisfies SetPlan;
  },
};

async function rowsOf(context: PrepareContext, leave: (left: LeftOut) => void): Promise<Rows | null> {
  const { metadata } = context.finds;
  const choose = (files: readonly FoundFile[]) =>
    chooseText(context, 'winoground', files, TO, "Winoground's rows", leave);
  const [lists, lines] = [metadata.get('winoground') ?? [], metadata.get('winoground-lines') ?? []];
  if (lists.length > 0) return fromList((await choose(lists))!);
  if (lines.length > 0) return fromLines((await choose(lines))!);
  for (const file of metadata.get('parquet') ?? []) {
    const rows = await fromTable(context, file);
    if (rows) return rows;
  }
  const kept = await choose([]);
  return kept && fromList(kept);
}

function fromList(chosen: Chosen): Rows {
  const { path, bytes } = chosen;
  const { value, hadNaN } = parsed(path, bytes);
  const rows = valid(path, value);
  const text = hadNaN ? made(path, rows, 'mended: NaN is no JSON, and an empty tag is meant') : planned(TO, chosen);
  return { text, ids: rows.map(({ id }) => id), embedded: [] };
}

function fromLines({ path, bytes }: Chosen): Rows {
  const lines = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split('\n');
  const values = lines.flatMap((line) => (line.trim() === '' ? [] : [parsed(path, Buffer.from(line)).value]));
  const rows = valid(path, values);
  return {
    text: made(path, rows, 'written from JSON lines in the official form'),
    ids: rows.map(({ id }) => id),
    embedded: [],
  };
}

/** Null where the table is not Winoground's. */
async function fromTable(context: PrepareContext, file: FoundFile): Promise<Rows | null> {
  const table = await readTable(context, file, ['caption_0', 'caption_1'], ({ id }, column) => {
    const [, k] = /^image_([01])$/.exec(column) ?? [];
    return k === undefined ? null : `ex_${String(id)}_img_${k}.png`;
  });
  if (!table) return null;
  const rows = valid(file.path, table.rows);
  const text = made(file.path, rows, 'written from a Parquet table in the official form');
  return { text, ids: rows.map(({ id }) => id), embedded: table.images };
}

function parsed(path: string, bytes: Buffer) {
  try {
    return parsePythonJson(bytes);
  } catch {
    throw new PrepareFault(`${path} is not valid JSON, or is cut short: download it again`);
  }
}

function valid(path: string, value: unknown): z.infer<typeof Row>[] {
  const rows = z.array(Row).min(1).safeParse(value);
  if (rows.success) return rows.data;
  const [row, ...key] = rows.error.issues[0]!.path.map(String);
  const place = row === undefined ? 'no list of rows' : `no ${key.join(', ') || 'valid row'} in row ${row}`;
  throw new PrepareFault(`${path} has ${place}, as Winoground's file has: download it again`);
}

function made(path: string, rows: readonly z.infer<typeof Row>[], how: string): PlannedText {
  const plain = rows.map(({ num_main_preds, ...row }) => row);
  const ordered = rows.map((row, i) => (row.num_main_preds == null ? plain[i] : row));
  return { to: TO, bytes: asPythonWrites(ordered), from: path, made: how };
}
