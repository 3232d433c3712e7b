import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Results } from '@gdbench/benchmark/results';
import { expect } from 'vitest';
import { gdbench } from './command.ts';
import { each } from './each.ts';

export const FOLDER = path.join(import.meta.dirname, '../../builtin/checkpoints');

/** The built-in checkpoints that are there. */
export const NAMES = each((await readdir(FOLDER)).filter((name) => name.startsWith('toy-')));

/** What `gdbench evaluate` measures of a checkpoint with few samples, written to `out`. */
export async function evaluate(
  name: string,
  data: string,
  tasks: readonly string[],
  { samples = 4, out }: { samples?: number; out: string },
): Promise<Results> {
  const args = ['--data', data, '--tasks', tasks.join(','), '--samples', `${samples}`, '--out', out];
  const ended = await gdbench(['evaluate', path.join(FOLDER, name), ...args], { GDBENCH_HOME: out }).ended;
  expect(ended.code, ended.stderr).toBe(0);
  return JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8')) as Results;
}
