import type { TaskName } from '../task.ts';
import type { LeftOut } from './found.ts';
import type { Recipe, SetPlan } from './plan.ts';
import { METADATA_SOURCE, SOURCES, sourceWords, TEXTS_APART } from './sources.ts';

/** Whether something of the set is there but its texts. */
export const hasImages = ({ images, kept }: SetPlan): boolean => images.size > 0 || kept > 0;

/** What a set of which tasks are asked for lacks, and where it is had: sentences without a full stop. */
export function lacksOf({ set, lacking, missing, images, kept }: SetPlan): string[] {
  const texts = lacking.map((file) => `${file} was not found: it is in ${sourceWords(METADATA_SOURCE)}`);
  const [first, ...more] = missing;
  if (first === undefined) return texts;
  const all = missing.length + images.size + kept;
  const named = `${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const lacked = hasImages({ images, kept } as SetPlan)
    ? `${missing.length} of ${all} images (${named})`
    : 'its images';
  return [
    ...texts,
    `${set} lacks ${lacked}: their source is ${sourceWords(SOURCES[set])}; run the same command again with them`,
  ];
}

/** A set of which nothing was given. */
export function nothingOf({ set }: Recipe): string {
  const texts = TEXTS_APART.has(set) ? `, its texts from ${sourceWords(METADATA_SOURCE)}` : '';
  return `nothing of ${set} was found: it is to be had from ${sourceWords(SOURCES[set])}${texts}`;
}

/** A set of which only texts were given, and that was not asked for. */
export function textsAlone({ set, texts }: SetPlan): string {
  const named = texts.length > 0 ? ` (${texts.map(({ to }) => to).join(', ')})` : '';
  return `${set}: only its texts were found${named}; its images are to be had from ${sourceWords(SOURCES[set])}`;
}

/** Archives and pointers that could not be looked into. */
export const unreadOf = (leftOut: readonly LeftOut[]): string[] =>
  leftOut.filter(({ isUnread }) => isUnread).map(({ path, why }) => `${path} ${why}`);

export const isAsked = (tasks: readonly TaskName[] | null, recipe: Pick<Recipe, 'tasks'>): boolean =>
  tasks === null || recipe.tasks.some((task) => tasks.includes(task));
