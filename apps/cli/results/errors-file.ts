import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TaskData } from '@gdbench/benchmark/task';
import { type PlainErrors, scoreLines } from './scores-file.ts';

/** Every sample's error of a task: the score artifact that `gdbench rescore` reads. */
export const errorsFile = (out: string, task: string) => path.join(out, 'errors', `${task}.bin.gz`);

/** What the artifact's header tells of the run. */
export interface ErrorsOf {
  readonly checkpointSha256: string;
  readonly samples: number;
  readonly seed: number;
  /** Numbers in a latent. */
  readonly latentElements: number;
}

/** Examples whose errors are packed together. */
const CHUNK = 64;

/** Packs the errors of a scores file into the artifact; nothing where the file has none. */
export async function writeErrorsFile(out: string, scores: string, data: TaskData, of: ErrorsOf): Promise<void> {
  const { writeErrors } = await import('@gdbench/workers/engine/artifact-writer');
  const file = errorsFile(out, data.task);
  const draft = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true });
  const writer = await writeErrors(draft, { ...of, task: data.task, dataVersion: data.dataVersion });
  let index = 0;
  let chunk: Parameters<typeof writer.append>[0][number][] = [];
  try {
    for await (const { example, errors } of scoreLines(scores)) {
      if (errors) chunk.push({ index, example, errors: typed(errors) });
      index++;
      if (chunk.length < CHUNK) continue;
      await writer.append(chunk);
      chunk = [];
    }
    if (chunk.length > 0) await writer.append(chunk);
    await writer.close();
    await rename(draft, file);
  } catch (error) {
    await writer.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}

/** Where no errors are kept, those of the evaluation before must not stand beside the new scores. */
export async function removeErrorsFile(out: string, task: string): Promise<void> {
  await rm(errorsFile(out, task), { force: true });
}

/** From JSON: the same float32 values. */
function typed({ cond, uncond, gray }: PlainErrors) {
  const rows = (list: number[][]) => list.map((row) => Float32Array.from(row));
  return { cond: cond.map(rows), ...(uncond ? { uncond: rows(uncond) } : {}), ...(gray ? { gray: rows(gray) } : {}) };
}
