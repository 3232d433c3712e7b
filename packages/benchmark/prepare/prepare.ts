import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ImageCheck } from '../load/images.ts';
import type { TaskName } from '../task.ts';
import { carryOut } from './carry-out.ts';
import { sharedImages } from './conflicts.ts';
import { Contents } from './contents.ts';
import type { PrepareContext } from './context.ts';
import { type Finds, sortFinds } from './finds.ts';
import { folderOf, type LeftOut } from './found.ts';
import { type Attempted, isAsked, type Outcome, outcomeOf, unreadOf } from './outcome.ts';
import type { Recipe, SetPlan } from './plan.ts';
import { PrepareFault } from './prepare-fault.ts';
import { RECIPES } from './recipes.ts';
import { byReason, type PreparedRecord, RECORD_FILE, readRecord, recordOf } from './record.ts';
import { openScratch } from './scratch.ts';
import { searchFiles } from './search.ts';

export interface PrepareOptions {
  /** Tasks whose sets are prepared; null: those of which images were given. */
  readonly tasks: readonly TaskName[] | null;
  /** SVO: a svo.json to whose rows this edition is restricted; null: none. */
  readonly only?: string | null;
  /** A decoder's verdict on an image on the disk. */
  readonly check: ImageCheck;
  readonly onProgress?: PrepareContext['onProgress'];
}

/** What came of it. */
export interface Prepared extends Outcome {
  readonly record: PreparedRecord;
  /** Archives and pointers that could not be looked into: sentences without a full stop. */
  readonly unread: readonly string[];
}

/**
 * Makes the official layout below `root` of files that were downloaded: folders and archives, whatever else lies in them. What is
 * in the root already is kept, what was given is not changed, and running it again goes on where it ended.
 *
 * @param given folders or files that are there.
 */
export async function prepareData(given: readonly string[], root: string, options: PrepareOptions): Promise<Prepared> {
  const base = resolve(root);
  await mkdir(base, { recursive: true });
  const scratch = await openScratch(base);
  try {
    const searched = await searchFiles(given, base, scratch);
    try {
      const contents = new Contents(scratch, searched.unpacked);
      const leftOut: LeftOut[] = [...searched.leftOut];
      const finds = await sortFinds(searched.files, contents, (left) => leftOut.push(left));
      const { check, only = null, onProgress = () => {} } = options;
      return await prepareSets(
        { root: base, finds, contents, scratch, check, only, onProgress },
        options.tasks,
        leftOut,
      );
    } finally {
      searched.close();
    }
  } finally {
    await scratch.remove();
  }
}

/** One set's fault is no other's. */
async function attempted(
  recipes: Iterable<Recipe>,
  work: (recipe: Recipe) => Promise<SetPlan | null>,
): Promise<Attempted> {
  const plans = new Map<Recipe, SetPlan>();
  const failed = new Map<Recipe, string>();
  for (const recipe of recipes) {
    try {
      const plan = await work(recipe);
      if (plan) plans.set(recipe, plan);
    } catch (error) {
      if (!(error instanceof PrepareFault)) throw error;
      failed.set(recipe, error.message);
    }
  }
  return { plans, failed };
}

async function prepareSets(
  context: PrepareContext,
  tasks: readonly TaskName[] | null,
  leftOut: readonly LeftOut[],
): Promise<Prepared> {
  const recipes = RECIPES.filter((recipe) => isAsked(tasks, recipe));
  const planned = await attempted(recipes, (recipe) => recipe.plan(context));
  const conflicts = sharedImages([...planned.plans.values()]);
  const done = await attempted(planned.plans.keys(), async (recipe) => {
    const conflict = conflicts.get(recipe.set);
    if (conflict !== undefined) throw new PrepareFault(null, conflict);
    return carryOut(context, planned.plans.get(recipe)!);
  });
  const plans = [...done.plans.values()];
  const failed = new Map([...planned.failed, ...done.failed]);
  const record = await writeRecord(context.root, plans, [...leftOut, ...unneeded(context.finds, plans)]);
  return {
    record,
    ...outcomeOf(recipes, { plans: done.plans, failed }, tasks, context.finds.images),
    unread: unreadOf(leftOut),
  };
}

/** Files that no set asked for. */
function unneeded({ images, metadata, others }: Finds, plans: readonly SetPlan[]): LeftOut[] {
  const used = new Set(plans.flatMap((plan) => [...plan.images.values()].map(({ path }) => path)));
  const told = new Set(
    plans.flatMap((plan) => [...plan.texts.map(({ from }) => from), ...plan.leftOut.map(({ path }) => path)]),
  );
  const all = [...images, ...[...metadata.values()].flat(), ...others];
  return all
    .filter(({ path }) => !used.has(path) && !told.has(path) && !told.has(`${folderOf(path)}/`))
    .map(({ path }) => ({ path, files: 1, why: 'was not needed' }));
}

/** The sets of this run in place of what was told of them before. */
async function writeRecord(
  root: string,
  plans: readonly SetPlan[],
  leftOut: readonly LeftOut[],
): Promise<PreparedRecord> {
  const before = await readRecord(root);
  const own = plans.map((plan) => [plan.set, recordOf(plan, before.sets[plan.set])]);
  const record = { sets: { ...before.sets, ...Object.fromEntries(own) }, leftOut: byReason(leftOut) };
  const draft = join(root, `.${RECORD_FILE}.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`);
  await rename(draft, join(root, RECORD_FILE));
  return record;
}
