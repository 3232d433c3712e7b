import { TASK_NAMES, type TaskName } from '../task.ts';
import { readClevr } from './clevr.ts';
import { readFlickrImages, readFlickrTexts } from './flickr30k.ts';
import { readGenderbias } from './genderbias.ts';
import { readImagecode } from './imagecode.ts';
import { readMmbias } from './mmbias.ts';
import type { OfficialTask } from './official-task.ts';
import { readOrder } from './order.ts';
import { readPets } from './pets.ts';
import { readSvo } from './svo.ts';
import { readVgAttribution, readVgRelation } from './visual-genome.ts';
import { readWinoground } from './winoground.ts';

/** How the official files of a task become examples; all throw DataError. */
export interface Reader {
  /** The folder of the data root that holds the task's metadata; tasks may share it. */
  readonly folder: string;
  /** What a limit counts: the examples of each group (clevr's subtasks, bias's groups), or all of them. */
  readonly limit: 'each group' | 'all';
  read(root: string): Promise<OfficialTask>;
}

export const READERS: Record<TaskName, Reader> = {
  clevr: { folder: 'clevr', limit: 'each group', read: readClevr },
  winoground: { folder: 'winoground', limit: 'all', read: readWinoground },
  flickr30k_image: { folder: 'flickr30k', limit: 'all', read: readFlickrImages },
  flickr30k_text: { folder: 'flickr30k', limit: 'all', read: readFlickrTexts },
  imagecode: { folder: 'imagecode', limit: 'all', read: readImagecode('imagecode') },
  imagecode_video: { folder: 'imagecode', limit: 'all', read: readImagecode('imagecode_video') },
  svo_verb: { folder: 'svo', limit: 'all', read: readSvo('verb') },
  svo_subj: { folder: 'svo', limit: 'all', read: readSvo('subj') },
  svo_obj: { folder: 'svo', limit: 'all', read: readSvo('obj') },
  vg_relation: { folder: 'vg_relation', limit: 'all', read: readVgRelation },
  vg_attribution: { folder: 'vg_attribution', limit: 'all', read: readVgAttribution },
  coco_order: { folder: 'coco_order', limit: 'all', read: readOrder('coco_order') },
  flickr30k_order: { folder: 'flickr30k_order', limit: 'all', read: readOrder('flickr30k_order') },
  pets: { folder: 'pets', limit: 'all', read: readPets },
  mmbias: { folder: 'mmbias', limit: 'each group', read: readMmbias },
  genderbias: { folder: 'genderbias', limit: 'each group', read: readGenderbias },
};

/** The folder of the data root that holds a task's official files, of which several tasks may read one. */
export function taskFolder(task: TaskName): string {
  return READERS[task].folder;
}

/** The tasks that read a folder of the data root. */
export function tasksOf(folder: string): TaskName[] {
  return TASK_NAMES.filter((task) => READERS[task].folder === folder);
}
