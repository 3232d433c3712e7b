import { z } from 'zod';
import { DataError } from './data-error.ts';
import { caption, type OfficialExample, type OfficialTask, readJson, whole } from './files.ts';

const PATH = 'winoground/data.json';

const tag = z.string().max(200).default('');
const Rows = z.array(
  z.object({
    id: z.int().nonnegative(),
    caption_0: caption,
    caption_1: caption,
    tag,
    secondary_tag: tag,
    collapsed_tag: tag,
  }),
);

/** `winoground/data.json` in its order; caption i belongs to image i. */
export async function readWinoground(root: string): Promise<OfficialTask> {
  const { metadata, value } = await readJson('winoground', root, PATH, Rows);
  const seen = new Set<number>();
  const examples = value.map((row): OfficialExample => {
    if (seen.has(row.id)) throw new DataError('winoground', PATH, `holds the id ${row.id} twice`);
    seen.add(row.id);
    return {
      id: String(row.id),
      texts: [row.caption_0, row.caption_1],
      images: [0, 1].map((i) => whole(`winoground/images/ex_${row.id}_img_${i}.png`)),
      tags: [...new Set([row.collapsed_tag, row.tag, row.secondary_tag])].filter((name) => name !== ''),
      cluster: String(row.id),
    };
  });
  if (examples.length === 0) throw new DataError('winoground', PATH, 'holds no examples');
  return { metadata: [metadata], examples };
}
