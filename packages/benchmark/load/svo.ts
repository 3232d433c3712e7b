import { z } from 'zod';
import type { TaskName } from '../task.ts';
import { DataError } from './data-error.ts';
import { caption, readJson, whole } from './files.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

const PATH = 'svo/svo.json';

export const SVO_ROW = z.object({
  pos_id: z.string().min(1),
  neg_id: z.string().min(1),
  sentence: caption,
  neg_type: z.enum(['verb', 'subj', 'obj']),
});
const Rows = z.array(SVO_ROW);

/**
 * The rows of `svo/svo.json` whose images differ in the verb, the subject or the object: a sentence against the image that
 * it describes and one that it does not.
 *
 * The unit is the image that the sentence describes, of which the file has several sentences. Wrong images are shared too,
 * but one of those is met beside another right image each time.
 */
export function readSvo(kind: 'verb' | 'subj' | 'obj'): (root: string) => Promise<OfficialTask> {
  const task: TaskName = `svo_${kind}`;
  return async (root) => {
    const { metadata, value } = await readJson(task, root, PATH, Rows);
    const examples = value.flatMap((row, place): OfficialExample[] => {
      const images = [row.pos_id, row.neg_id].map((name) => whole(imagePath(task, PATH, 'svo/images', name)));
      if (row.neg_type !== kind) return [];
      return [{ id: `${row.pos_id}/${place}`, texts: [row.sentence], images, cluster: row.pos_id }];
    });
    if (examples.length === 0) throw new DataError(task, PATH, 'contents', `holds no example of neg_type ${kind}`);
    return { metadata: [metadata], examples, rows: value.length };
  };
}
