import type { z } from 'zod';
import { REMEDIES } from '../load/data-error.ts';
import { SVO_ROW } from '../load/svo.ts';
import { VG_ROWS } from '../load/visual-genome.ts';
import { WINOGROUND_ROW } from '../load/winoground.ts';
import type { TaskName } from '../task.ts';
import { ANSWERED, type Clue, prepareRemedy } from './clue.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What JSON of another form than the task's official file is, where it is known. */
export function formOf(task: TaskName, json: unknown): Clue | null {
  const first = Array.isArray(json) ? json[0] : undefined;
  const has = (...keys: string[]) => isObject(first) && keys.every((key) => key in first);
  const clue = (what: string, remedy = prepareRemedy(task)) => ({ what: `it ${what}`, remedy });
  switch (task) {
    case 'imagecode':
    case 'imagecode_video':
      if (has('directory') || has('caption'))
        return clue('is the simple set of ImageCoDe (valid_simple.json), which this task does not ask', ANSWERED);
      if (isObject(json) && Object.values(json).some(Array.isArray))
        return clue('is a set without answers, as the test set of ImageCoDe is published', ANSWERED);
      return null;
    case 'coco_order':
    case 'flickr30k_order':
      return has('image', 'caption') ? clue('holds captions whose other orders are not drawn yet') : null;
    case 'winoground':
      if (isObject(json) && 'rows' in json && 'features' in json)
        return clue('is an answer of the data viewer of Hugging Face', REMEDIES.foreign);
      return lacksTagsAlone(json) ? clue('holds no text where a tag is empty, as programs write it') : null;
    case 'vg_relation':
      if (has('attributes') && !has('relation_name'))
        return clue('holds the rows of vg_attribution', prepareRemedy('vg_attribution'));
      return unasked(task, json, VG_ROWS.vg_relation);
    case 'vg_attribution':
      if (has('relation_name') && !has('attributes'))
        return clue('holds the rows of vg_relation', prepareRemedy('vg_relation'));
      return unasked(task, json, VG_ROWS.vg_attribution);
    case 'svo_verb':
    case 'svo_subj':
    case 'svo_obj':
      if (has('pos_image_id') || has('pos_url'))
        return clue('holds the rows of svo_probes.csv, of which svo.json is made');
      return unasked(task, json, SVO_ROW);
    default:
      return null;
  }
}

const TAGS = ['tag', 'secondary_tag', 'collapsed_tag'];

/** Whether rows have the official form but for tags that are null. */
function lacksTagsAlone(json: unknown): boolean {
  if (!Array.isArray(json)) return false;
  const isKept = ([key, value]: [string, unknown]) => value !== null || !TAGS.includes(key);
  const filled = json.map((row) => (isObject(row) ? Object.fromEntries(Object.entries(row).filter(isKept)) : row));
  return WINOGROUND_ROW.array().safeParse(filled).success;
}

/** Some rows among others that lack something. */
function unasked(task: TaskName, json: unknown, form: z.ZodType): Clue | null {
  if (!Array.isArray(json)) return null;
  const count = json.filter((row) => !form.safeParse(row).success).length;
  if (count === json.length) return null;
  const what = `${count} of its ${json.length} rows cannot be asked`;
  return { what, remedy: `leave ${count === 1 ? 'it' : 'them'} out: ${prepareRemedy(task)}` };
}
