import { open } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { DataFault } from '../checkpoint/fault.ts';
import { type ErrorsHeader, type ExampleErrors, encodeChunk, encodeHeader, openErrors } from './artifact.ts';

export interface ErrorsWriter {
  /** Examples that the file held when it was opened to go on: their indices. */
  readonly done: ReadonlySet<number>;
  /** A chunk more, on the disk when it resolves. */
  append(examples: readonly ExampleErrors[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes a score artifact chunk by chunk.
 *
 * @param resume go on with what is there: a torn tail is cut off, and a file that is absent or torn within its header is begun.
 * @throws DataFault when the file to go on with is another run's, or damaged.
 */
export async function writeErrors(
  path: string,
  header: Omit<ErrorsHeader, 'format' | 'version'>,
  { resume = false }: { readonly resume?: boolean } = {},
): Promise<ErrorsWriter> {
  const file = await open(path, resume ? 'a+' : 'w');
  try {
    const first = encodeHeader(header);
    const { size } = await file.stat();
    const begun = resume && (size >= first.length || !(await isStartOf(path, first)));
    const done = begun ? await kept(path, header) : { indices: new Set<number>(), end: 0 };
    if (done.end < size) await file.truncate(done.end);
    if (done.end === 0) await file.appendFile(first);
    return {
      done: done.indices,
      async append(examples) {
        await file.appendFile(encodeChunk(examples));
        await file.datasync();
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether the file is shorter than the header but agrees with it so far. */
async function isStartOf(path: string, header: Buffer): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(header.length), 0, header.length, 0);
    return buffer.subarray(0, bytesRead).equals(header.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

async function kept(path: string, header: Omit<ErrorsHeader, 'format' | 'version'>) {
  const indices = new Set<number>();
  let end = Number.MAX_SAFE_INTEGER;
  const found = await openErrors(path, { name: path, onTorn: ({ at }) => (end = at) });
  const { format: _format, version: _version, ...have } = found.header;
  if (!isDeepStrictEqual(have, { ...header })) {
    throw new DataFault(`${path} holds the errors of another run; give another folder, or remove it.`);
  }
  for await (const { index } of found.examples) indices.add(index);
  return { indices, end };
}
