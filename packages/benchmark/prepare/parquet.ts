import { writeFile } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { BOUNDS } from './bounds.ts';
import type { PrepareContext } from './context.ts';
import type { FoundFile } from './found.ts';
import { damaged } from './prepare-fault.ts';

export interface Table {
  /** Rows without the columns of images. */
  readonly rows: Record<string, unknown>[];
  /** The images that stood in the rows, as files of their own. */
  readonly images: FoundFile[];
}

/** Rows that are in memory at once, with their images. */
const ROWS_AT_ONCE = 16;

/**
 * Reads a Parquet table with images in its cells ({bytes, path}, or bytes alone); null where it has not all the `columns`.
 *
 * @param imageName the name of the image in a row's column; null where the column holds none. @throws PrepareFault
 */
export async function readTable(
  context: PrepareContext,
  file: FoundFile,
  columns: readonly string[],
  imageName: (row: Record<string, unknown>, column: string) => string | null,
): Promise<Table | null> {
  const [at] = await context.contents.onDisk([file], BOUNDS.largeBytes);
  const source = await asyncBufferFromFile(at!);
  try {
    const metadata = await parquetMetadataAsync(source);
    const names = metadata.schema.map(({ name }) => name);
    if (!columns.every((column) => names.includes(column))) return null;
    const table: Table = { rows: [], images: [] };
    const total = Number(metadata.num_rows);
    for (let row = 0; row < total; row += ROWS_AT_ONCE) {
      const range = { rowStart: row, rowEnd: Math.min(row + ROWS_AT_ONCE, total) };
      const rows = await parquetReadObjects({ file: source, metadata, compressors, utf8: false, ...range });
      for (const one of rows) table.rows.push(await apart(context, file, one, imageName, table.images));
      context.onProgress('Reading rows', Math.min(row + ROWS_AT_ONCE, total), total);
    }
    return table;
  } catch (error) {
    throw damaged(file.path, error);
  }
}

/** A row without its images, which are written to the disk. */
async function apart(
  { scratch }: PrepareContext,
  file: FoundFile,
  row: Record<string, unknown>,
  imageName: (row: Record<string, unknown>, column: string) => string | null,
  images: FoundFile[],
): Promise<Record<string, unknown>> {
  const rest: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(row)) {
    const name = imageName(row, column);
    if (name === null) {
      rest[column] = typeof cell === 'bigint' ? Number(cell) : cell;
      continue;
    }
    const bytes = cell instanceof Uint8Array ? cell : (cell as { bytes?: unknown } | null)?.bytes;
    if (!(bytes instanceof Uint8Array)) continue;
    const at = scratch.next();
    await writeFile(at, bytes, { flag: 'wx' });
    images.push({ path: `${file.path}/${name}`, size: bytes.length, place: { kind: 'disk', file: at } });
  }
  return rest;
}
