import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExactProtocol } from '@gdbench/benchmark/protocol';
import type { TaskData } from '@gdbench/benchmark/task';
import { printable } from '@gdbench/storage/printable';
import type { Storage } from '@gdbench/storage/storage';
import { openErrors } from '../../engine/protocols/artifact.ts';
import { NEEDS } from '../../engine/protocols/reduce.ts';
import { timestepsFor } from '../../engine/protocols/timesteps.ts';

/** A place of its own for one shard's child to leave a file in; it is gone when `work` is done. */
export async function withScratch<T>(folder: string, work: (dir: string) => Promise<T>): Promise<T> {
  // named as what is half made, so that one whose worker was killed is found and removed
  const dir = join(folder, `.scores.${randomUUID()}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the errors must be of: the examples `from` to `to` of a task, under the shard's sampling. */
export interface ErrorsOf {
  readonly data: TaskData;
  readonly from: number;
  readonly to: number;
  readonly checkpointSha256: string;
  readonly protocol: ExactProtocol;
  readonly samples: number;
  readonly seed: number;
  /** Numbers in a latent, as inspection found. */
  readonly latentElements: number;
}

/** Bytes of the listing, of headers and of what cannot be packed, an example. */
const OVERHEAD_BYTES = 4_096;

/** The most that errors of these examples can take: every pair, the empty text and the gray image, packed badly. */
export function mostBytes({ data, from, to, samples }: ErrorsOf): number {
  const count = timestepsFor(samples, 1_000).length;
  return data.examples.slice(from, to).reduce((sum, { texts, images }) => {
    const rows = texts.length * images.length + texts.length + images.length;
    return sum + OVERHEAD_BYTES + Math.ceil(4 * count * rows * 1.01);
  }, OVERHEAD_BYTES);
}

/** The message is a sentence; what it quotes of the file is the child's. */
export class ErrorsFlaw extends Error {
  constructor(sentence: string) {
    super(printable(sentence, 500));
  }
}

/**
 * Takes the file that the child left in its scratch folder into the storage. The child has touched hostile files: what it left
 * is read once and within bounds, checked, and written anew.
 *
 * @throws ErrorsFlaw with a sentence when the file is not the errors of these examples; others when the storage is away.
 */
export async function keepErrors(
  storage: Storage,
  scratch: string,
  name: string,
  of: ErrorsOf,
): Promise<{ sha256: string; bytes: number }> {
  const bytes = await readBounded(join(scratch, name), mostBytes(of));
  await check(bytes, of).catch((error) => {
    throw error instanceof ErrorsFlaw ? error : new ErrorsFlaw((error as Error).message);
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const checked = join(scratch, 'checked');
  await writeFile(checked, bytes, { flag: 'wx' });
  await storage.put(sha256, checked);
  return { sha256, bytes: bytes.length };
}

async function readBounded(path: string, most: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
    throw new ErrorsFlaw('The errors of its samples were not left where they were asked for.');
  });
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > most)
      throw new ErrorsFlaw(`The errors of its samples are no file of at most ${most} bytes.`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(status.size), 0, status.size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function check(bytes: Buffer, of: ErrorsOf): Promise<void> {
  const { data, from, to, checkpointSha256, protocol, samples, seed, latentElements } = of;
  const { header, examples } = await openErrors(bytes, { name: 'The file of errors' });
  const fits =
    header.checkpointSha256 === checkpointSha256 &&
    header.task === data.task &&
    header.dataVersion === data.dataVersion &&
    header.samples === samples &&
    header.seed === seed &&
    header.latentElements === latentElements;
  if (!fits) throw new ErrorsFlaw('The file of errors is that of another run.');
  let at = from;
  for await (const { index, example, errors } of examples) {
    const wanted = at < to ? data.examples[at] : undefined;
    const same =
      wanted?.index === index &&
      wanted.id === example &&
      errors.cond.length === wanted.texts.length &&
      errors.cond.every((row) => row.length === wanted.images.length);
    if (!same) throw new ErrorsFlaw(`The file of errors holds ${example} where another example should stand.`);
    // the length of either is that of the pairs: the reader cannot take them otherwise
    const { uncond, gray } = NEEDS[protocol];
    if ((uncond && !errors.uncond) || (gray && !errors.gray))
      throw new ErrorsFlaw(`The file of errors lacks those of ${example} that ${protocol} needs.`);
    at += 1;
  }
  if (at !== to) throw new ErrorsFlaw(`The file of errors holds ${at - from} examples of ${to - from}.`);
}
