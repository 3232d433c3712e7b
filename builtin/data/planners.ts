import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { planClevr } from './clevr.ts';
import { planFlickr } from './flickr30k.ts';
import { planGenderbias } from './genderbias.ts';
import { planImagecode } from './imagecode.ts';
import { planMmbias } from './mmbias.ts';
import { planCocoOrder, planFlickrOrder } from './order.ts';
import { planPets } from './pets.ts';
import type { Plan } from './plan.ts';
import { type ScenePlan, scenePicture } from './scene-picture.ts';
import { planSvo } from './svo.ts';
import { planVisualGenome } from './visual-genome.ts';
import { planWinoground } from './winoground.ts';

/** All files of the set, by what plans them together; those that take longest to plan come first. */
export const PLANNERS = {
  imagecode: planImagecode,
  'visual genome': planVisualGenome,
  flickr30k: planFlickr,
  flickr30k_order: planFlickrOrder,
  winoground: winogroundFiles,
  coco_order: planCocoOrder,
  svo: planSvo,
  clevr: clevrFiles,
  pets: planPets,
  mmbias: planMmbias,
  genderbias: planGenderbias,
} satisfies Record<string, (seed: number) => Plan | ScenePlan>;

export type PlannerName = keyof typeof PLANNERS;
export const PLANNER_NAMES = Object.keys(PLANNERS) as PlannerName[];

/** The folders of the set that a planner fills. */
export function foldersOf(planner: PlannerName): readonly string[] {
  return planner === 'visual genome' ? ['vg_relation', 'vg_attribution'] : [planner];
}

function clevrFiles(seed: number): ScenePlan {
  const items = planClevr(seed);
  return {
    texts: CLEVR_SUBTASKS.map((subtask) => ({
      file: `clevr/captions/${subtask}.json`,
      text: JSON.stringify(Object.fromEntries(items.map((item) => [item.file, item.captions[subtask]]))),
    })),
    pictures: items.map(({ file, scene }) => scenePicture(`clevr/images/${file}`, scene)),
  };
}

function winogroundFiles(seed: number): ScenePlan {
  const items = planWinoground(seed);
  const rows = items.map(({ row }) => row);
  return {
    texts: [{ file: 'winoground/data.json', text: JSON.stringify(rows, null, 4) }],
    pictures: items.flatMap(({ row, scenes }) =>
      scenes.map((scene, k) => scenePicture(`winoground/images/ex_${row.id}_img_${k}.png`, scene)),
    ),
  };
}
