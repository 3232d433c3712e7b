import { z } from 'zod';
import { isPlainPath, nameAlone } from '../../load/image-path.ts';
import { type Chosen, chooseText } from '../choose.ts';
import type { PrepareContext } from '../context.ts';
import type { FoundFile, LeftOut } from '../found.ts';
import { jsonOf } from '../json-of.ts';
import { METADATA_HEAD, type MetadataKind } from '../metadata-kind.ts';

export type OrderSet = 'coco_order' | 'flickr30k_order';

/** How the images of a set, or the files of its captions, are called. */
const MARKS: Record<OrderSet, RegExp> = { coco_order: /coco|(val|test|train)2014/i, flickr30k_order: /flickr|f30k/i };

/** Files of a kind that are of the set, by their paths or their first rows; one that may be of any is left out. */
export async function filesOf(
  { finds, contents }: PrepareContext,
  set: OrderSet,
  kind: MetadataKind,
  leave: (left: LeftOut) => void,
): Promise<FoundFile[]> {
  const own: FoundFile[] = [];
  for (const file of finds.metadata.get(kind) ?? []) {
    const text = `${file.path} ${(await contents.head(file, METADATA_HEAD)).toString('utf8')}`;
    if (MARKS[set].test(text)) own.push(file);
    else if (!Object.values(MARKS).some((mark) => mark.test(text)))
      leave({ path: file.path, files: 1, why: 'may be of COCO or of Flickr30K: put it in a folder of that name' });
  }
  return own;
}

/** Captions of an image, whose path is below the set's folder. */
export interface Captioned {
  readonly image: string;
  readonly caption: readonly string[];
}

/** As BLIP's and ARO's code keeps the captions of a split. */
const List = z.array(z.looseObject({ image: z.string(), caption: z.array(z.string()) }));
/** Karpathy's own files, with all splits in one. */
const Karpathy = z.looseObject({
  images: z.array(
    z.looseObject({
      filename: z.string(),
      filepath: z.string().optional(),
      split: z.string(),
      sentences: z.array(z.looseObject({ raw: z.string() })),
    }),
  ),
});

const OTHER_SPLITS = /(^|[-_.])(train|val|valid|restval)([-_.]|$)/i;

/** The captions of the test split; null where none were given. @throws PrepareFault */
export async function testCaptions(
  context: PrepareContext,
  set: OrderSet,
  leave: (left: LeftOut) => void,
): Promise<{ from: string; captions: readonly Captioned[] } | null> {
  const [lists, whole] = [
    await filesOf(context, set, 'captions', leave),
    await filesOf(context, set, 'karpathy', leave),
  ];
  const what = `captions of ${set}`;
  // the root holds drawn orders, never captions
  const nowhere = `${set}/captions`;
  const list = await chooseText(context, set, lists, nowhere, what, leave, OTHER_SPLITS);
  if (list)
    return { from: list.path, captions: jsonOf(list, List).map((row) => ({ ...row, image: belowSet(row.image) })) };
  const all = await chooseText(context, set, whole, nowhere, what, leave, OTHER_SPLITS);
  return all && { from: all.path, captions: ofKarpathy(all, set) };
}

function ofKarpathy(all: Chosen, set: OrderSet): Captioned[] {
  const { images } = jsonOf(all, Karpathy);
  return images
    .filter(({ split }) => split === 'test')
    .map(({ filepath, filename, sentences }) => ({
      image: `${filepath ?? (set === 'coco_order' ? 'val2014' : 'flickr30k-images')}/${filename}`,
      caption: sentences.map(({ raw }) => raw),
    }));
}

/** Rows that were saved with the folder of one machine keep the image and its own folder. */
export function belowSet(image: string): string {
  return isPlainPath(image) || nameAlone(image) === null ? image : image.split(/[/\\]/).slice(-2).join('/');
}
