import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import type { Example, ExampleScores } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';

/** A line of a scores file. The errors are absent where they were not asked for. */
export interface ScoreLine {
  readonly example: string;
  /** [text][image] */
  readonly scores: number[][];
  readonly errors?: PlainErrors;
}

/** Errors of samples as JSON shows them: float32 values, which a number holds exactly. */
export interface PlainErrors {
  /** [text][image][k] */
  readonly cond: number[][][];
  /** [image][k] */
  readonly uncond?: number[][];
  /** [text][k] */
  readonly gray?: number[][];
}

/** Lines of a file with the number of bytes up to and including their ends; what follows the last end is left out. */
async function* linesOf(file: string): AsyncGenerator<{ text: string; end: number }> {
  let rest: Buffer[] = [];
  let end = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, at)]);
      rest = [];
      from = at + 1;
      end += line.length + 1;
      yield { text: line.toString('utf8'), end };
    }
    rest.push(chunk.subarray(from));
  }
}

/** The lines of a scores file, in their order. @throws CliFault where a line is none. */
export async function* scoreLines(file: string): AsyncGenerator<ScoreLine> {
  let number = 0;
  for await (const { text } of linesOf(file)) {
    number++;
    const line = parse(text);
    if (!line) throw new CliFault(`Line ${number} of ${file} holds no scores: write the file again.`);
    yield line;
  }
}

/**
 * What an interrupted run left of a task: the scores of its first examples. The file is cut behind the last whole line that
 * belongs where it stands; a run that was killed may have left half a line. An absent file has no lines.
 */
export async function recover(file: string, examples: readonly Example[]): Promise<ExampleScores[]> {
  const kept: ExampleScores[] = [];
  let length = 0;
  try {
    for await (const { text, end } of linesOf(file)) {
      const example = examples[kept.length];
      const line = parse(text);
      if (!example || !line || !belongs(line, example)) break;
      kept.push({ index: example.index, example: example.id, scores: line.scores });
      length = end;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  await truncate(file, length);
  return kept;
}

function parse(text: string): ScoreLine | undefined {
  try {
    const line: ScoreLine = JSON.parse(text);
    const isMatrix = Array.isArray(line.scores) && line.scores.every((row) => Array.isArray(row));
    return typeof line.example === 'string' && isMatrix ? line : undefined;
  } catch {
    return undefined;
  }
}

function belongs({ example, scores }: ScoreLine, { id, texts, images }: Example): boolean {
  return example === id && scores.length === texts.length && scores.every(({ length }) => length === images.length);
}

/** A scores file that grows by a line at a time. */
export interface Draft {
  /** Hands the whole line to the system before it returns, so that it outlives this process however that ends. */
  append(line: ScoreLine): void;
  close(): void;
}

export function openDraft(file: string): Draft {
  const handle = openSync(file, 'a');
  return {
    append(line) {
      let bytes: Uint8Array = Buffer.from(`${JSON.stringify(line)}\n`);
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(handle, bytes));
    },
    close: () => closeSync(handle),
  };
}
