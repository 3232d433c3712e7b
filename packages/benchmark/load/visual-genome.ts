import { z } from 'zod';
import type { Box } from '../task.ts';
import { DataError } from './data-error.ts';
import { caption, readJson } from './files.ts';
import { imagePath } from './image-path.ts';
import type { OfficialExample, OfficialTask } from './official-task.ts';

type Task = 'vg_relation' | 'vg_attribution';

/** Longest side of a box, and farthest place: a box is held in memory as pixels. */
const MOST_PIXELS = 8192;

const place = z.number().min(-MOST_PIXELS).max(MOST_PIXELS);
const word = z.string().min(1).max(200);
const annotation = {
  image_path: z.string(),
  bbox_x: place,
  bbox_y: place,
  bbox_w: z.number().positive().max(MOST_PIXELS),
  bbox_h: z.number().positive().max(MOST_PIXELS),
  true_caption: caption,
  false_caption: caption,
};
const NO_PIXEL = 'a box of at least a pixel';
const isOnePixel = (start: number, size: number) => halfToEven(start + size) - halfToEven(start) >= 1;
const askable = <T extends z.ZodObject<typeof annotation>>(row: T) =>
  row
    .refine((one) => isOnePixel(one.bbox_x, one.bbox_w), { path: ['bbox_w'], message: NO_PIXEL })
    .refine((one) => isOnePixel(one.bbox_y, one.bbox_h), { path: ['bbox_h'], message: NO_PIXEL });

/** A row that can be asked: both captions, and a box of the image with something in it. */
export const VG_ROWS = {
  vg_relation: askable(z.object({ ...annotation, relation_name: word })),
  vg_attribution: askable(z.object({ ...annotation, attributes: z.tuple([word, word]) })),
} as const;
const Relations = z.array(VG_ROWS.vg_relation);
const Attributions = z.array(VG_ROWS.vg_attribution);

type Annotation = z.infer<typeof Relations>[number] | z.infer<typeof Attributions>[number];

/** `vg_relation/visual_genome_relation.json` in its order; the macro mean is over `relation_name`. */
export async function readVgRelation(root: string): Promise<OfficialTask> {
  const path = 'vg_relation/visual_genome_relation.json';
  const { metadata, value } = await readJson('vg_relation', root, path, Relations);
  const examples = value.map((row, i) => asExample('vg_relation', path, row, i, row.relation_name));
  if (examples.length === 0) throw new DataError('vg_relation', path, 'contents', 'holds no examples');
  return { metadata: [metadata], examples };
}

/** `vg_attribution/visual_genome_attribution.json` in its order; the macro mean is over the pairs of attributes. */
export async function readVgAttribution(root: string): Promise<OfficialTask> {
  const path = 'vg_attribution/visual_genome_attribution.json';
  const { metadata, value } = await readJson('vg_attribution', root, path, Attributions);
  const examples = value.map((row, i) => asExample('vg_attribution', path, row, i, row.attributes.join('_')));
  if (examples.length === 0) throw new DataError('vg_attribution', path, 'contents', 'holds no examples');
  return { metadata: [metadata], examples };
}

/** The unit is the image: boxes of one image overlap, and often show the same things. */
function asExample(task: Task, metadata: string, row: Annotation, at: number, group: string): OfficialExample {
  const path = imagePath(task, metadata, `${task}/images`, row.image_path);
  return {
    id: `${row.image_path}/${at}`,
    texts: [row.true_caption, row.false_caption],
    images: [{ path, crop: boxOf(row) }],
    group,
    cluster: row.image_path,
  };
}

/** The box's edges in whole pixels, rounded as Pillow's `crop` rounds them. */
function boxOf(row: Annotation): Box {
  const x = halfToEven(row.bbox_x);
  const y = halfToEven(row.bbox_y);
  const width = halfToEven(row.bbox_x + row.bbox_w) - x;
  const height = halfToEven(row.bbox_y + row.bbox_h) - y;
  return { x, y, width, height };
}

/** Python's round: 0.5 to 0, 1.5 to 2. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  // + 0 makes 0 of -0
  return (up ? below + 1 : below) + 0;
}
