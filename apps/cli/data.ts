import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { TaskListing } from '@gdbench/benchmark/load';
import type { Command } from 'commander';
import { CliFault } from './fault.ts';
import { aligned } from './table.ts';

export function register(program: Command): void {
  const data = program
    .command('data')
    .description('look after a data root')
    .usage('verify [root] [options]')
    .allowExcessArguments()
    .action(() => {
      throw new CliFault('gdbench data needs the word verify behind it: see gdbench data --help.', 2);
    });
  data
    .command('verify')
    .allowExcessArguments(false)
    .description(
      'say which tasks a data root can serve, and decode every image to find those that are missing or corrupt',
    )
    .argument('[root]', 'data root in the official layout (default: GDBENCH_DATA, else the built-in set)')
    .option('--json', 'print one JSON object instead of a table')
    .addHelpText('after', '\nExits with 0 when the root could be read, whatever it lacks; with 1 when it could not.')
    .action((root: string | undefined, { json = false }: { json?: boolean }) => verify(root, json));
}

async function verify(given: string | undefined, json: boolean): Promise<void> {
  const [{ listTasks }, { imageCheck }, { startProgress }, { chosenRoot }] = await Promise.all([
    import('@gdbench/benchmark/load'),
    import('./image-check.ts'),
    import('./progress.ts'),
    import('./root.ts'),
  ]);
  const root = path.resolve(await chosenRoot(given, json));
  await requireFolder(root);
  let progress: ReturnType<typeof startProgress> | undefined;
  const onChecked = (done: number, total: number) => {
    progress ??= startProgress('Decoding images', total, String, { silent: json });
    progress.set(done);
  };
  try {
    const listings = await listTasks(root, { check: await imageCheck(), onChecked });
    progress?.end();
    process.stdout.write(json ? `${JSON.stringify(report(root, listings))}\n` : text(root, listings));
  } finally {
    progress?.end();
  }
}

/** @throws CliFault with exit code 1. */
async function requireFolder(root: string): Promise<void> {
  const remedy = "give a folder in GDBench's official layout";
  try {
    await readdir(root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new CliFault(`The data root ${root} is not there: ${remedy}.`);
    if (code === 'ENOTDIR') throw new CliFault(`The data root ${root} is not a folder: ${remedy}.`);
    throw new CliFault(`The data root ${root} cannot be read (${code ?? 'unknown fault'}): ${remedy}.`);
  }
}

/** What `--json` prints, with every image at fault. */
function report(root: string, listings: readonly TaskListing[]) {
  const tasks = listings.map(({ task, examples, subtasks, images, faulty, runnable, reason }) => [
    task,
    { examples, subtasks, images, faulty, runnable, reason },
  ]);
  return { root, tasks: Object.fromEntries(tasks) };
}

/** Images that are named for each task. */
const NAMED_AT_MOST = 10;

/** A table of the tasks, then why some cannot be run: the images at fault by name, or a sentence. */
function text(root: string, listings: readonly TaskListing[]): string {
  const rows = listings.map(({ task, runnable, examples, images }) => [
    task,
    runnable ? 'ready' : 'not ready',
    ...[examples, images.named, images.missing, images.unreadable].map(String),
  ]);
  const head = ['task', '', 'examples', 'images', 'missing', 'unreadable'];
  const faults = [...new Set(listings.filter(({ runnable }) => !runnable).map((one) => faultOf(one, listings)))];
  return `${root}\n\n${aligned([head, ...rows])}\n${faults.length > 0 ? `\n${faults.join('\n')}\n` : ''}`;
}

/** Tasks with the same sentence share it. */
function faultOf({ task, reason, faulty }: TaskListing, listings: readonly TaskListing[]): string {
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
  ].join('\n');
}
