import { z } from 'zod';
import { DataError } from './data-error.ts';
import { caption, readJson, whole } from './files.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

/** The true caption, then four that say its words in another order. */
const CANDIDATES = 5;

const Rows = z.array(z.object({ image: z.string(), caption_options: z.array(caption).length(CANDIDATES) }));

/** `<task>/<task>.json` in its order; images stand below the task's folder. The unit is the image. */
export function readOrder(task: 'coco_order' | 'flickr30k_order'): (root: string) => Promise<OfficialTask> {
  const path = `${task}/${task}.json`;
  return async (root) => {
    const { metadata, value } = await readJson(task, root, path, Rows);
    const examples = value.map(
      ({ image, caption_options }, place): OfficialExample => ({
        id: `${image}/${place}`,
        texts: caption_options,
        images: [whole(imagePath(task, path, task, image))],
        cluster: image,
      }),
    );
    if (examples.length === 0) throw new DataError(task, path, 'contents', 'holds no examples');
    return { metadata: [metadata], examples };
  };
}
