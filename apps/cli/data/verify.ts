import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { withRoot } from '@gdbench/benchmark/data-error';
import { editionWords } from '@gdbench/benchmark/edition-words';
import type { TaskListing } from '@gdbench/benchmark/load';
import type { TaskName } from '@gdbench/benchmark/task';
import { isLeftover } from '@gdbench/file-names/leftover';
import { CliFault } from '../fault.ts';
import { aligned } from '../terminal/table.ts';
import { knownEditions } from './editions.ts';

export interface VerifyOptions {
  json?: boolean;
  /** Lists of names, unchecked. */
  task?: string[];
}

/** Says what a data root holds. @throws CliFault with exit code 1 where no task (of those asked for) can run. */
export async function verify(given: string | undefined, { json = false, task }: VerifyOptions): Promise<void> {
  const [{ chosenRoot }, { tasksOf }] = await Promise.all([import('./root.ts'), import('../evaluate/plan.ts')]);
  const tasks = task ? tasksOf(task.join(','), '--task') : undefined;
  const root = path.resolve(await chosenRoot(given, json, tasks ?? null));
  const hasFiles = await requireFolder(root);
  const listings = await listedIn(root, tasks, json);
  process.stdout.write(
    json ? `${JSON.stringify(report(root, listings))}\n` : text(root, listings, tasks !== undefined, hasFiles),
  );
  if (!listings.some(({ runnable }) => runnable)) throw new CliFault(noneSentence(root, listings, json));
}

/** What a root holds of these tasks (undefined: of all), every image decoded once. */
export async function listedIn(
  root: string,
  tasks: readonly TaskName[] | undefined,
  silent: boolean,
): Promise<TaskListing[]> {
  const [{ listTasks }, { imageCheck }, { startProgress }] = await Promise.all([
    import('@gdbench/benchmark/load'),
    import('./image-check.ts'),
    import('../terminal/progress.ts'),
  ]);
  const editions = await knownEditions();
  let progress: ReturnType<typeof startProgress> | undefined;
  const onChecked = (done: number, total: number) => {
    progress ??= startProgress('Decoding images', total, String, { silent });
    progress.set(done);
  };
  try {
    const options = { check: await imageCheck(), onChecked, editions, ...(tasks ? { tasks } : {}) };
    return (await listTasks(root, options)).map((one) => withCommands(one, root));
  } finally {
    progress?.end();
  }
}

/** Its sentences with commands that can be copied. */
function withCommands(listing: TaskListing, root: string): TaskListing {
  const { reason, remedy } = listing;
  return {
    ...listing,
    reason: reason && withRoot(reason, root),
    ...(remedy === undefined ? {} : { remedy: withRoot(remedy, root) }),
  };
}

/** Who reads JSON has the reasons there, and the first of them here; others have just read them. */
function noneSentence(root: string, listings: readonly TaskListing[], json: boolean): string {
  const tasks = listings.map(({ task }) => task);
  const what = tasks.length === 1 ? `${tasks[0]} cannot run` : 'None of these tasks can run';
  const [first, ...others] = new Set(listings.map(({ reason }) => reason));
  if (!json) return `${what} from ${root}: ${tasks.length === 1 ? 'it is' : 'each is'} told why above.`;
  return `${what} from ${root}: ${first}${others.length > 0 ? ` Further reasons: ${others.length}.` : ''}`;
}

/** Whether something lies in it. @throws CliFault with exit code 1. */
async function requireFolder(root: string): Promise<boolean> {
  const remedy = "give a folder in GDBench's official layout";
  try {
    return (await readdir(root)).some((name) => !isLeftover(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CliFault(`The data root ${root} is not there: ${remedy}.`);
    if (code === 'ENOTDIR') throw new CliFault(`The data root ${root} is not a folder: ${remedy}.`);
    throw new CliFault(`The data root ${root} cannot be read (${code ?? 'unknown fault'}): ${remedy}.`);
  }
}

/** What `--json` prints, with every image at fault and every file that is not read. */
export function report(root: string, listings: readonly TaskListing[]) {
  const tasks = listings.map(({ task, data, remedy = null, absent = false, ...listing }) => [
    task,
    {
      ...listing,
      remedy,
      absent,
      edition: data?.edition ?? null,
      rankable: listing.runnable && data?.edition.state === 'whole',
      dataVersion: data?.dataVersion ?? null,
      metadata: data?.metadata ?? {},
      unread: data?.unread ?? [],
      unused: data?.unused ?? [],
      notes: data?.notes ?? [],
    },
  ]);
  return { root, tasks: Object.fromEntries(tasks) };
}

/** Images that are named for each task. */
const NAMED_AT_MOST = 10;

/**
 * A table of the tasks; what is to be known of the data of those that can run; then why the others cannot: the images at fault by
 * name, or a sentence.
 *
 * @param areAsked these tasks were asked for; else those of which nothing is there share a line, in place of one each.
 * @param hasFiles something lies in the root.
 */
export function text(root: string, all: readonly TaskListing[], areAsked: boolean, hasFiles: boolean): string {
  const listings = areAsked ? all : all.filter(({ absent }) => !absent);
  const absent = all.filter((one) => !listings.includes(one)).map(({ task }) => task);
  const rows = listings.map(({ task, runnable, examples, images, data }) => [
    task,
    runnable ? 'ready' : 'not ready',
    ...[examples, images.named, images.missing, images.unreadable].map(String),
    runnable && data ? editionWords(data.edition) : '',
  ]);
  const head = ['task', '', 'examples', 'images', 'missing', 'unreadable', 'edition'];
  const notes = listings.flatMap(({ task, data }) => (data?.notes ?? []).map((note) => `${task}: ${note}`));
  const faults = [...new Set(listings.filter(({ runnable }) => !runnable).map((one) => faultOf(one, listings)))];
  const blocks = [
    root,
    rows.length > 0 ? aligned([head, ...rows]) : '',
    noRank(listings),
    notes.join('\n'),
    [...faults, ...absentLine(root, absent, hasFiles && listings.length === 0)].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** @param isDownload no task has its folder there, so that whatever lies there may be what was downloaded. */
function absentLine(root: string, tasks: readonly TaskName[], isDownload: boolean): string[] {
  if (tasks.length === 0) return [];
  const [what, words] = isDownload
    ? ['what lies there', 'ROOT --into ROOT-prepared']
    : ['downloads', 'FROM... --into ROOT'];
  const command = withRoot(`\`npx gdbench data prepare ${words}\``, root);
  return [
    `Nothing is there of ${tasks.join(', ')}: put their official files there, or make them of ${what}: ${command}.`,
  ];
}

function noRank(listings: readonly TaskListing[]): string {
  const isWhole = listings.every(({ runnable, data }) => !runnable || data?.edition.state === 'whole');
  return isWhole ? '' : 'A part of an edition and an unknown edition are scored as any data are, and do not rank.';
}

/** Tasks with the same sentence share it. */
function faultOf({ task, reason, faulty, remedy }: TaskListing, listings: readonly TaskListing[]): string {
  if (faulty.length === 0) {
    const same = listings.filter((other) => other.reason === reason);
    return `${same.map((other) => other.task).join(', ')}: ${reason}`;
  }
  const lines = faulty.slice(0, NAMED_AT_MOST).map(({ path: image, fault }) => `  ${image} ${fault}`);
  const more = faulty.length - lines.length;
  return [
    `${task}: these images cannot be used`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more, which --json names`] : []),
    `  ${remedy ?? 'put the official images there, or skip the examples that need them with evaluate --skip-missing'}`,
  ].join('\n');
}
