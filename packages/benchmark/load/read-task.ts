import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { explained, type Surroundings } from '../recognise/explain.ts';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import type { OfficialTask } from './official-task.ts';
import { READERS } from './readers.ts';

/** A task's official files. @throws DataError, which tells what lies there instead where that is recognised */
export async function readTask(root: string, task: TaskName, surroundings: Surroundings): Promise<OfficialTask> {
  const { folder, read } = READERS[task];
  try {
    const found = await stat(join(root, folder)).catch(() => null);
    if (!found) throw new DataError(task, `${folder}/`, 'absent', 'is not a folder of the data root');
    if (!found.isDirectory()) throw new DataError(task, folder, 'blocked', 'is a file, where a folder is expected');
    return await read(root);
  } catch (error) {
    throw error instanceof DataError ? await explained(error, surroundings) : error;
  }
}
