import type { TaskName } from '../task.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What JSON of another form than the task's official file is, where it is known; words that go on after "it". */
export function formOf(task: TaskName, json: unknown): string | null {
  const first = Array.isArray(json) ? json[0] : undefined;
  const has = (...keys: string[]) => isObject(first) && keys.every((key) => key in first);
  switch (task) {
    case 'imagecode':
    case 'imagecode_video':
      if (has('directory') || has('caption'))
        return 'is the simple set of ImageCoDe (valid_simple.json), which this task does not ask';
      if (isObject(json) && Object.values(json).some(Array.isArray))
        return 'is a set without answers, as the test set of ImageCoDe is published';
      return null;
    case 'coco_order':
    case 'flickr30k_order':
      return has('image', 'caption') ? 'holds captions whose other orders are not drawn yet' : null;
    case 'winoground':
      return isObject(json) && 'rows' in json && 'features' in json
        ? 'is an answer of the data viewer of Hugging Face'
        : null;
    case 'vg_relation':
      return has('attributes') && !has('relation_name') ? 'holds the rows of vg_attribution' : null;
    case 'vg_attribution':
      return has('relation_name') && !has('attributes') ? 'holds the rows of vg_relation' : null;
    case 'svo_verb':
    case 'svo_subj':
    case 'svo_obj':
      return has('pos_image_id') || has('pos_url')
        ? 'holds the rows of svo_probes.csv, of which svo.json is made'
        : null;
    default:
      return null;
  }
}
