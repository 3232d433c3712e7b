import type { TaskName } from '../task.ts';
import { isImageOf, type SetName } from './affinity.ts';
import { type FoundFile, folderOf, type LeftOut, nameOf } from './found.ts';
import type { Recipe, SetPlan } from './plan.ts';
import { METADATA_SOURCE, SOURCES, sourceWords, TEXT_SOURCES } from './sources.ts';

/** Recipes that went through, with their plans, and those that could not, with a sentence. */
export interface Attempted {
  readonly plans: ReadonlyMap<Recipe, SetPlan>;
  readonly failed: ReadonlyMap<Recipe, string>;
}

/** What is to be told of it; all sentences are without a full stop. */
export interface Outcome {
  /** Sets of which something was prepared. */
  readonly sets: readonly SetName[];
  /** Tasks that were asked for, or of which images were given: they ought to run now. */
  readonly tasks: readonly TaskName[];
  /** Why some of them cannot. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/** @param tasks those that were asked for; null: those of which images were given, or texts where nothing else was. */
export function outcomeOf(
  recipes: readonly Recipe[],
  { plans, failed }: Attempted,
  tasks: readonly TaskName[] | null,
  images: readonly FoundFile[],
): Outcome {
  const done = [...plans.values()];
  const wanted = tasks === null && done.some(hasImages) ? done.filter(hasImages) : done;
  const absent = recipes.filter((recipe) => !plans.has(recipe) && !failed.has(recipe));
  const mute = absent.flatMap((recipe) => imagesAlone(recipe, images));
  const lone = wanted.length > 0 || failed.size > 0 ? [] : mute.length > 0 ? mute : [NOTHING];
  const lacks = tasks === null ? lone : absent.map((recipe) => imagesAlone(recipe, images)[0] ?? nothingOf(recipe));
  return {
    sets: done.map(({ set }) => set),
    tasks: tasks ?? [...wanted, ...failed.keys()].flatMap((one) => one.tasks),
    // images that two sets could have are told of once
    faults: [...new Set([...failed.values(), ...wanted.flatMap(lacksOf), ...lacks])],
    notes: [
      ...done.flatMap((plan) => (wanted.includes(plan) ? plan.notes : [...plan.notes, textsAlone(plan)])),
      ...(tasks === null && lone.length === 0 ? mute : []),
    ],
  };
}

const NOTHING =
  'Nothing of a data set of GDBench was found in what was given: give folders or archives of a set as they were downloaded ' +
  '(docs/official-data.md names what each set needs, and where it is had)';

/** Whether something of the set is there but its texts. */
const hasImages = ({ images, kept }: Pick<SetPlan, 'images' | 'kept'>): boolean => images.size > 0 || kept > 0;

/** What a set of which tasks are asked for lacks, and where it is had: sentences without a full stop. */
function lacksOf({ set, lacking, missing, images, kept }: SetPlan): string[] {
  const texts = lacking.map((file) => `${file} was not found: it is in ${sourceWords(METADATA_SOURCE)}`);
  const [first, ...more] = missing;
  if (first === undefined) return texts;
  const all = missing.length + images.size + kept;
  const named = `${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const lacked = hasImages({ images, kept }) ? `${missing.length} of ${all} images (${named})` : 'its images';
  return [
    ...texts,
    `${set} lacks ${lacked}: their source is ${sourceWords(SOURCES[set])}; run the same command again with them`,
  ];
}

/** A set of which nothing was given. */
function nothingOf({ set }: Recipe): string {
  const apart = TEXT_SOURCES[set];
  const texts = apart ? `, its texts from ${sourceWords(apart)}` : '';
  return `nothing of ${set} was found: it is to be had from ${sourceWords(SOURCES[set])}${texts}`;
}

/** A set of which only images were given: a sentence, or none. */
function imagesAlone({ set }: Recipe, images: readonly FoundFile[]): string[] {
  const first = images.find(({ path }) => isImageOf(set, folderOf(path), nameOf(path)));
  if (!first || set === 'genderbias') return [];
  const source = TEXT_SOURCES[set] ?? SOURCES[set];
  return [
    `${set}: images were found (${first.path}), but not its texts, which are to be had from ${sourceWords(source)}`,
  ];
}

/** A set of which only texts were given, and that was not asked for. */
function textsAlone({ set, texts }: SetPlan): string {
  const named = texts.length > 0 ? ` (${texts.map(({ to }) => to).join(', ')})` : '';
  return `${set}: only its texts were found${named}; its images are to be had from ${sourceWords(SOURCES[set])}`;
}

/** Archives and pointers that could not be looked into. */
export const unreadOf = (leftOut: readonly LeftOut[]): string[] =>
  leftOut.filter(({ isUnread }) => isUnread).map(({ path, why }) => `${path} ${why}`);

export const isAsked = (tasks: readonly TaskName[] | null, recipe: Pick<Recipe, 'tasks'>): boolean =>
  tasks === null || recipe.tasks.some((task) => tasks.includes(task));
