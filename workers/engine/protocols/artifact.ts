import { TASK_NAMES } from '@gdbench/benchmark/task';
import { z } from 'zod';
import { DataFault } from '../checkpoint/fault.ts';
import type { SampleErrors } from '../scorers/scorer.ts';
import { MAX_PAYLOAD, openBytes, packMember, readMember } from './artifact-members.ts';
import { timestepsFor } from './timesteps.ts';

/**
 * The score artifact: every sample's error of one task, so that another protocol, or fewer samples, can be read from a run
 * that is over. It is a gzip file whose first member holds the header as JSON and each further one a chunk: a line of JSON
 * that lists examples and their shapes, then their errors as float32, little-endian, without gaps: cond [text][image][k],
 * uncond [image][k], gray [text][k]. Headers and chunks may be joined as bytes.
 */
export interface ErrorsHeader {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly checkpointSha256: string;
  readonly task: (typeof TASK_NAMES)[number];
  readonly dataVersion: string;
  /** Sample budget, 1 to 1000: it decides how many errors a pair has (timestepsFor). */
  readonly samples: number;
  readonly seed: number;
  /** Numbers in a latent: diffusion-classifier divides by it. */
  readonly latentElements: number;
}

export interface ExampleErrors {
  readonly index: number;
  readonly example: string;
  readonly errors: SampleErrors;
}

const FORMAT = 'gdbench-errors';
const VERSION = 1;

const whole = z.int().min(0);
const headerSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  checkpointSha256: z.string().regex(/^[0-9a-f]{64}$/),
  task: z.enum(TASK_NAMES),
  dataVersion: z.string().regex(/^[0-9a-f]{1,64}$/),
  samples: z.int().min(1).max(1000),
  seed: whole,
  latentElements: z.int().min(1),
});

const place = z.int().min(1).max(1_000_000);
const listed = z.strictObject({
  index: whole,
  example: z.string().min(1).max(1000),
  texts: place,
  images: place,
  uncond: z.boolean(),
  gray: z.boolean(),
});
const listSchema = z.array(listed).min(1).max(1_000_000);
type Listed = z.infer<typeof listed>;

/** Errors of one member, in bytes; a chunk of more is cut into several. */
const CHUNK_BYTES = 4 * 2 ** 20;
const NEWLINE = 10;

/** The first bytes of an artifact. @throws RangeError when the header is not a valid one. */
export function encodeHeader(header: Omit<ErrorsHeader, 'format' | 'version'>): Buffer {
  const checked = headerSchema.safeParse({ format: FORMAT, version: VERSION, ...header });
  if (!checked.success) throw new RangeError(`no valid header: ${z.prettifyError(checked.error)}`);
  return packMember(Buffer.from(JSON.stringify(checked.data)));
}

/**
 * Some examples as bytes that follow a header, or other chunks.
 *
 * @throws RangeError when an example's rows are not of one length, or it alone is larger than a member may be (64 MiB).
 */
export function encodeChunk(examples: readonly ExampleErrors[]): Buffer {
  const members: Buffer[] = [];
  let part: ExampleErrors[] = [];
  let size = 0;
  const flush = () => {
    if (part.length > 0) members.push(packMember(chunkPayload(part)));
    part = [];
    size = 0;
  };
  for (const example of examples) {
    const bytes = 4 * rowsOf(example.errors).reduce((sum, row) => sum + row.length, 0);
    if (size + bytes > CHUNK_BYTES) flush();
    part.push(example);
    size += bytes;
  }
  flush();
  return Buffer.concat(members);
}

/** All rows in the order of the file. */
function rowsOf({ cond, uncond = [], gray = [] }: SampleErrors): Float32Array[] {
  return [...cond.flat(), ...uncond, ...gray];
}

function chunkPayload(examples: readonly ExampleErrors[]): Buffer {
  const list = examples.map(({ index, example, errors }): Listed => {
    const { cond, uncond, gray } = errors;
    const [texts, images] = [cond.length, cond[0]?.length ?? 0];
    const length = cond[0]?.[0]?.length ?? 0;
    const even =
      cond.every((row) => row.length === images) &&
      (uncond?.length ?? images) === images &&
      (gray?.length ?? texts) === texts &&
      rowsOf(errors).every((row) => row.length === length);
    if (!even || length === 0) throw new RangeError(`the errors of ${example} do not make a matrix of full rows`);
    return { index, example, texts, images, uncond: uncond !== undefined, gray: gray !== undefined };
  });
  const line = Buffer.from(`${JSON.stringify(list)}\n`);
  const rows = examples.flatMap(({ errors }) => rowsOf(errors));
  const out = Buffer.alloc(rows.reduce((sum, row) => sum + 4 * row.length, line.length));
  line.copy(out);
  let at = line.length;
  for (const row of rows) for (const value of row) at = out.writeFloatLE(value, at);
  return out;
}

/** Where the whole chunks of a torn file end, and how many bytes come after. */
export interface Torn {
  readonly at: number;
  readonly rest: number;
}

export interface ReadOptions {
  /** The bytes end within a chunk, as after a crash: told once the whole ones are given. Without it that is a fault. */
  readonly onTorn?: (torn: Torn) => void;
  /** For messages; default: "The errors file". */
  readonly name?: string;
}

export interface ErrorsFile {
  readonly header: ErrorsHeader;
  /** In the order of the file. To be read once, or not at all; the file is open only meanwhile. */
  readonly examples: AsyncGenerator<ExampleErrors, void, undefined>;
}

/**
 * Opens an artifact; chunks are unpacked one at a time.
 *
 * @param source a path, or the bytes.
 * @throws DataFault, here or while reading, when the bytes are not an artifact, damaged, or (without `onTorn`) torn.
 */
export async function openErrors(source: string | Uint8Array, options: ReadOptions = {}): Promise<ErrorsFile> {
  const name = options.name ?? 'The errors file';
  const bytes = await openBytes(source);
  try {
    const first = await readMember(bytes, 0);
    if (first.kind !== 'member') throw new DataFault(`${name} does not begin with a header of errors; make it again.`);
    const header = headerOf(first.payload, name);
    return { header, examples: readChunks(source, first.end, header, name, options) };
  } finally {
    await bytes.close();
  }
}

/** The examples of an artifact, for readers that need no header. See openErrors. */
export async function* readErrors(
  source: string | Uint8Array,
  options: ReadOptions = {},
): AsyncGenerator<ExampleErrors, void, undefined> {
  yield* (await openErrors(source, options)).examples;
}

function headerOf(payload: Buffer, name: string): ErrorsHeader {
  const checked = headerSchema.safeParse(parsed(payload));
  if (checked.success) return checked.data;
  const version = z.looseObject({ format: z.literal(FORMAT), version: z.int() }).safeParse(parsed(payload));
  if (version.success && version.data.version !== VERSION) {
    throw new DataFault(
      `${name} is of format version ${version.data.version}, which this GDBench does not read; it reads ${VERSION}.`,
    );
  }
  const issue = checked.error.issues[0]!;
  throw new DataFault(
    `${name} has a header that is not valid${issue.path.length > 0 ? ` (${issue.path.join('.')})` : ''}; make it again.`,
  );
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function* readChunks(
  source: string | Uint8Array,
  start: number,
  { samples }: ErrorsHeader,
  name: string,
  { onTorn }: ReadOptions,
): AsyncGenerator<ExampleErrors, void, undefined> {
  const count = timestepsFor(samples, 1000).length;
  const bytes = await openBytes(source);
  try {
    let at = start;
    while (at < bytes.size) {
      const found = await readMember(bytes, at);
      if (found.kind === 'torn') {
        if (onTorn) return onTorn({ at, rest: bytes.size - at });
        throw new DataFault(`${name} ends within a chunk, at byte ${at}: its run was cut off; go on with that run.`);
      }
      const examples = found.kind === 'member' ? chunkOf(found.payload, count) : undefined;
      if (!examples || found.kind !== 'member') throw new DataFault(`${name} is damaged at byte ${at}; make it again.`);
      yield* examples;
      at = found.end;
    }
  } finally {
    await bytes.close();
  }
}

/** undefined where the payload is not a chunk of rows of `count` errors. */
function chunkOf(payload: Buffer, count: number): ExampleErrors[] | undefined {
  const end = payload.indexOf(NEWLINE);
  const list = listSchema.safeParse(end < 0 ? undefined : parsed(payload.subarray(0, end)));
  if (!list.success) return undefined;
  const rows = list.data.reduce((sum, { texts, images, uncond, gray }) => {
    return sum + texts * images + (uncond ? images : 0) + (gray ? texts : 0);
  }, 0);
  if (rows > MAX_PAYLOAD || payload.length !== end + 1 + 4 * count * rows) return undefined;
  let at = end + 1;
  let valid = true;
  const take = (): Float32Array => {
    const row = new Float32Array(count);
    for (let k = 0; k < count; k++, at += 4) {
      row[k] = payload.readFloatLE(at);
      if (!(row[k]! >= 0 && row[k]! < Infinity)) valid = false;
    }
    return row;
  };
  const many = (length: number) => Array.from({ length }, take);
  const examples = list.data.map(({ index, example, texts, images, uncond, gray }) => ({
    index,
    example,
    errors: {
      cond: Array.from({ length: texts }, () => many(images)),
      ...(uncond ? { uncond: many(images) } : {}),
      ...(gray ? { gray: many(texts) } : {}),
    },
  }));
  return valid ? examples : undefined;
}
