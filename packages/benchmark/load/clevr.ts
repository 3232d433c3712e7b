import { z } from 'zod';
import { CLEVR_SUBTASKS } from '../tasks/tasks.ts';
import { DataError } from './data-error.ts';
import { caption, readJson, whole } from './files.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

/** {image: [[right, wrong], ...]} */
const Captions = z.record(z.string(), z.array(z.tuple([caption, caption])));

/** `clevr/captions/<subtask>.json` in the paper's order of subtasks, within a file in its order. */
export async function readClevr(root: string): Promise<OfficialTask> {
  const parts = await Promise.all(CLEVR_SUBTASKS.map((subtask) => readSubtask(root, subtask)));
  return { metadata: parts.map(({ metadata }) => metadata), examples: parts.flatMap(({ examples }) => examples) };
}

async function readSubtask(root: string, subtask: string) {
  const path = `clevr/captions/${subtask}.json`;
  const { metadata, value } = await readJson('clevr', root, path, Captions);
  const examples = Object.entries(value).flatMap(([name, pairs]) => {
    const image = whole(imagePath('clevr', path, 'clevr/images', name));
    return pairs.map(
      (texts, i): OfficialExample => ({
        id: `${subtask}/${name}/${i}`,
        texts,
        images: [image],
        group: subtask,
        cluster: name,
      }),
    );
  });
  if (examples.length === 0) throw new DataError('clevr', path, 'contents', 'holds no captions');
  return { metadata, examples };
}
