import type { TaskName } from '../task.ts';

/** A file by whose name a set is known that lies there in another form. */
export interface Sign {
  /** Of a file's name, in whatever letter case. */
  readonly name: RegExp;
  /** Words that go on after its path. */
  readonly says: string;
  /** It has images in it, and may stand for those that are missing. */
  readonly hasImages?: true;
}

/** By the folder of a data root: files that stand for a set wherever they lie, and those that do so in the set's own folder. */
export interface Signs {
  readonly anywhere: readonly Sign[];
  readonly within: readonly Sign[];
}

const PACKED = 'lies there and is not unpacked';
const PARQUET: Sign = { name: /\.parquet$/i, says: 'is there, a Parquet table', hasImages: true };
const LINES: Sign = { name: /\.jsonl$/i, says: 'is there, an object a line, as Hugging Face gives it' };

const ORDERS = 'is there, whose captions have no other orders yet: these are drawn once';
const NO_ANSWERS = 'is there, which is not the set that is asked';

const OTHERS: Readonly<Record<string, Signs>> = {
  winoground: { anywhere: [], within: [LINES, PARQUET] },
  svo: {
    anywhere: [
      {
        name: /^svo_probes\.csv$/i,
        says: 'is there, of which svo.json is made, with the images that could be fetched',
      },
    ],
    within: [],
  },
  imagecode: {
    anywhere: [],
    within: [
      {
        name: /^(valid_simple|train_data|test_data|test_data_unlabeled|train_simple|test_simple)\.json$/i,
        says: NO_ANSWERS,
      },
    ],
  },
  flickr30k: { anywhere: [], within: [] },
  vg_relation: { anywhere: [{ name: /^vgr_vga_images\.zip$/i, says: PACKED, hasImages: true }], within: [] },
  vg_attribution: { anywhere: [{ name: /^vgr_vga_images\.zip$/i, says: PACKED, hasImages: true }], within: [] },
  coco_order: { anywhere: [{ name: /^coco_karpathy_(test|val)\.json$/i, says: ORDERS }], within: [] },
  flickr30k_order: {
    anywhere: [{ name: /^(flickr30k_(test|val)|dataset_flickr30k)\.json$/i, says: ORDERS }],
    within: [],
  },
  pets: {
    anywhere: [{ name: /^oxford.*pets?.*\.(zip|tar|tgz|tar\.gz)$/i, says: PACKED, hasImages: true }],
    within: [{ name: /^list\.txt$/i, says: 'is there, which lists the classes' }],
  },
  mmbias: { anywhere: [], within: [] },
  clevr: { anywhere: [], within: [] },
  genderbias: { anywhere: [], within: [] },
};

/** The metadata file by which a task's files are known, relative to the folder of its set; null where it has none. */
export const METADATA: Readonly<Record<TaskName, string | null>> = {
  clevr: 'captions/pair_binding_size.json',
  winoground: 'data.json',
  flickr30k_image: 'val_top10_RN50x64.json',
  flickr30k_text: 'val_top10_RN50x64_text.json',
  imagecode: 'valid_data.json',
  imagecode_video: 'valid_data.json',
  svo_verb: 'svo.json',
  svo_subj: 'svo.json',
  svo_obj: 'svo.json',
  vg_relation: 'visual_genome_relation.json',
  vg_attribution: 'visual_genome_attribution.json',
  coco_order: 'coco_order.json',
  flickr30k_order: 'flickr30k_order.json',
  pets: 'classes.txt',
  mmbias: 'textual_phrases.txt',
  genderbias: null,
};

/** Names that other sets have too: such a file stands for a set in that set's own folder only. */
export const COMMON_NAMES: ReadonlySet<string> = new Set(['data.json', 'classes.txt']);

export function signsOf(folder: string): Signs {
  return OTHERS[folder] ?? { anywhere: [], within: [] };
}
