import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { explained, type Surroundings } from '../recognise/explain.ts';
import type { TaskName } from '../task.ts';
import { DataError, PUT_FILES } from './data-error.ts';
import type { OfficialTask } from './official-task.ts';
import { READERS } from './readers.ts';

/** A task's official files. @throws DataError, which tells what lies there instead where that is recognised */
export async function readTask(root: string, task: TaskName, surroundings: Surroundings): Promise<OfficialTask> {
  const { folder, read } = READERS[task];
  try {
    const found = await stat(join(root, folder)).catch(() => null);
    if (!found) throw new DataError(task, `${folder}/`, 'is not a folder of the data root', PUT_FILES);
    if (!found.isDirectory())
      throw new DataError(
        task,
        folder,
        'is a file, where a folder is expected',
        'put the official folder in its place',
      );
    return await read(root);
  } catch (error) {
    throw error instanceof DataError ? await explained(error, surroundings) : error;
  }
}
