import { DataError, listTasks, loadTask } from '@gdbench/benchmark/load';
import type { Example, TaskData } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';

/** The accuracy tasks of a data root that candidates are raced on, examples of different groups by turns. */
export async function racedTasks(root: string): Promise<TaskData[]> {
  const tasks: TaskData[] = [];
  for (const { task, runnable } of await listTasks(root)) {
    if (!runnable || TASKS[task].kind !== 'accuracy') continue;
    try {
      tasks.push(byTurns(await loadTask(root, task)));
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  return tasks;
}

/** Of a list its length; of two texts by two images the two of each comparison. */
export function candidatesOf({ texts, images }: Pick<Example, 'texts' | 'images'>): number {
  return Math.max(texts.length, images.length);
}

/** One example of each group, then another of each: a part of them is then a part of each group. */
function byTurns(data: TaskData): TaskData {
  const seen = new Map<string, number>();
  const turns = data.examples.map((example) => {
    const group = example.group ?? '';
    const turn = seen.get(group) ?? 0;
    seen.set(group, turn + 1);
    return { example, turn };
  });
  return { ...data, examples: turns.sort((a, b) => a.turn - b.turn).map(({ example }) => example) };
}
