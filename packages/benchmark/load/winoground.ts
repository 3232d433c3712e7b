import { z } from 'zod';
import { DataError } from './data-error.ts';
import { caption, readJson, whole } from './files.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

const PATH = 'winoground/data.json';

const tag = z.string().max(200).default('');
export const WINOGROUND_ROW = z.object({
  id: z.int().nonnegative(),
  caption_0: caption,
  caption_1: caption,
  tag,
  secondary_tag: tag,
  collapsed_tag: tag,
});
const Rows = z.array(WINOGROUND_ROW);

/** `winoground/data.json` in its order; caption i belongs to image i. */
export async function readWinoground(root: string): Promise<OfficialTask> {
  const { metadata, value } = await readJson('winoground', root, PATH, Rows);
  const seen = new Map<number, string>();
  const examples = value.map((row): OfficialExample => {
    const text = JSON.stringify(row);
    const same = seen.get(row.id);
    if (same !== undefined)
      throw new DataError('winoground', PATH, same === text ? 'unprepared' : 'foreign', `holds the id ${row.id} twice`);
    seen.set(row.id, text);
    return {
      id: String(row.id),
      texts: [row.caption_0, row.caption_1],
      images: [0, 1].map((i) => whole(`winoground/images/ex_${row.id}_img_${i}.png`)),
      tags: [...new Set([row.collapsed_tag, row.tag, row.secondary_tag])].filter((name) => name !== ''),
      cluster: String(row.id),
    };
  });
  if (examples.length === 0) throw new DataError('winoground', PATH, 'foreign', 'holds no examples');
  return { metadata: [metadata], examples };
}
