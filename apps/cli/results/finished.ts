import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Results } from '@gdbench/benchmark/results';
import type { ExampleScores, LoadedTask, TaskData, TaskName } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';
import { scoresFile } from './results.ts';
import { scoreLines } from './scores-file.ts';

/** results.json of a finished evaluation. @throws CliFault: code 2 where there is no such folder, 1 where it holds none. */
export async function readResults(folder: string): Promise<Results> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw new CliFault(`${folder} is not a folder: give the --out of a gdbench evaluate that has ended.`, 2);
  const file = path.join(folder, 'results.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new CliFault(`${file} is not there: give the --out of a gdbench evaluate that has ended.`);
  const results = parsed(text);
  if (!results) throw new CliFault(`${file} holds no results: evaluate the checkpoint again.`);
  return results;
}

function parsed(text: string): Results | undefined {
  try {
    const { checkpoint, tasks, ...rest } = JSON.parse(text) as Results;
    const isWhole = Object.values(tasks).every(
      (task) => typeof task.n === 'number' && typeof task.dataVersion === 'string',
    );
    return typeof checkpoint === 'string' && isWhole ? { checkpoint, tasks, ...rest } : undefined;
  } catch {
    return undefined;
  }
}

/** A task's data as they were when the results were made. @throws CliFault where the root holds others. */
export async function loadOf(folder: string, results: Results, root: string, task: TaskName): Promise<LoadedTask> {
  const [{ loadTaskFrom }, { imageCheck }, { knownEditions }] = await Promise.all([
    import('../data/root.ts'),
    import('../data/image-check.ts'),
    import('../data/editions.ts'),
  ]);
  const editions = await knownEditions();
  const { dataVersion: made, skipped } = results.tasks[task]!;
  const data = await loadTaskFrom(root, task, {
    editions,
    ...(skipped ? { skipMissing: true, check: await imageCheck() } : {}),
  });
  if (data.dataVersion === made) return data;
  throw new CliFault(
    `The results in ${folder} were made from version ${made} of ${task}, and ${root} holds version ${data.dataVersion}: give --data the root that they were made from.`,
  );
}

/** A task's scores of a finished evaluation, which may have left examples out. @throws CliFault */
export async function readScores(folder: string, data: TaskData): Promise<ExampleScores[]> {
  const file = scoresFile(folder, data.task);
  const index = new Map(data.examples.map((example) => [example.id, example.index]));
  const scores: ExampleScores[] = [];
  try {
    for await (const line of scoreLines(file)) {
      const at = index.get(line.example);
      if (at === undefined)
        throw new CliFault(`${file} has scores of ${line.example}, which the data do not have: evaluate again.`);
      scores.push({ index: at, example: line.example, scores: line.scores });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CliFault(`${file} is not there: evaluate the checkpoint again.`);
  }
  return scores;
}

export const taskNames = (results: Results) => Object.keys(results.tasks) as TaskName[];
