import { renameSync, writeFileSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExampleScores, TaskData } from '@gdbench/benchmark/task';
import { CliFault } from '../fault.ts';
import { type Draft, openDraft, recover, type ScoreLine } from '../results/scores-file.ts';
import type { KeptErrors, Pins } from './plan.ts';

/** Below the results' folder: what a run has done so far. It goes when the results are written. */
const FOLDER = '.partial';
/** What a run left that was begun again without --resume, until that run's results are written. */
const BEFORE = '.partial.before';
const HEADER = 'run.json';

/** What scores depend on: a run goes on only with the same. */
export interface RunSettings {
  readonly checkpointSha256: string;
  readonly protocol: string;
  readonly samples: number | null;
  readonly seed: number | null;
  readonly limit: number | null;
  readonly errors: KeptErrors;
  readonly codeVersion: string;
  /** Data version by task, in the order of scoring. */
  readonly data: Readonly<Record<string, string>>;
}

export interface PartialRun {
  /** Of the run that is gone on with; empty for a new one. */
  readonly pins: Pins;
  /** Examples that stand in the partial run now. */
  written(): number;
  /** To be called once the engine is open. */
  begin(pins: Pins): Promise<void>;
  /** What the engine has chosen meanwhile: a run that goes on later takes the same. */
  settle(pins: Pins): void;
  /** Scores of the task's first examples. */
  scored(data: TaskData): readonly ExampleScores[];
  open(data: TaskData): Draft;
  file(data: TaskData): string;
  /** Puts a finished task's scores into their place; the partial keeps them until all is written. */
  publish(data: TaskData, place: string): Promise<void>;
  /** Once the results are written. */
  remove(): Promise<void>;
  /** Where nothing was scored: leaves the folder as it was found. */
  abandon(): Promise<void>;
}

/**
 * The state of a run in `out`: of the one before with `resume`, else a new one.
 *
 * @param say hears what the user may not expect.
 * @throws CliFault where the run before had other settings.
 */
export async function openPartial(
  out: string,
  settings: RunSettings,
  data: readonly TaskData[],
  resume: boolean,
  say: (sentence: string) => void,
): Promise<PartialRun> {
  const folder = path.join(out, FOLDER);
  const fileOf = ({ task }: TaskData) => path.join(folder, `${task}.jsonl`);
  const before = await readHeader(folder);
  const isGoneOnWith = before !== undefined && resume;
  if (isGoneOnWith) refuseOthers(out, before.settings, settings);
  else await beginAnew(out, before !== undefined, resume, say);
  const done = new Map<string, ExampleScores[]>();
  if (isGoneOnWith) for (const one of data) done.set(one.task, await recover(fileOf(one), one.examples));
  let written = [...done.values()].reduce((sum, { length }) => sum + length, 0);
  let isMade = false;
  return {
    pins: isGoneOnWith ? before.pins : {},
    written: () => written,
    async begin(pins) {
      const made = await mkdir(folder, { recursive: true });
      isMade = made !== undefined && made !== folder;
      writeHeader(folder, { settings, pins });
    },
    settle: (pins) => writeHeader(folder, { settings, pins }),
    scored: ({ task }) => done.get(task) ?? [],
    open(one) {
      const draft = openDraft(fileOf(one));
      const append = (line: ScoreLine) => {
        draft.append(line);
        written++;
      };
      return { ...draft, append };
    },
    file: fileOf,
    publish: (one, place) => putInPlace(fileOf(one), place),
    async remove() {
      await removePartial(folder);
      await rm(path.join(out, BEFORE), { recursive: true, force: true });
    },
    async abandon() {
      await removePartial(folder);
      if (before !== undefined && !resume) await rename(path.join(out, BEFORE), folder);
      else if (isMade) await rmdir(out).catch(() => {});
    },
  };
}

/** Makes room for a new run: what another left is set aside, until that has results. */
async function beginAnew(
  out: string,
  isInterrupted: boolean,
  resume: boolean,
  say: (sentence: string) => void,
): Promise<void> {
  const folder = path.join(out, FOLDER);
  if (resume) say(`No interrupted run is in ${out}: beginning from the start.`);
  if (isInterrupted) {
    await rm(path.join(out, BEFORE), { recursive: true, force: true });
    await rename(folder, path.join(out, BEFORE));
    say(`An interrupted run is in ${out}: beginning again, as --resume was not given; it is kept in ${BEFORE}.`);
  }
  await rm(folder, { recursive: true, force: true });
}

async function removePartial(folder: string): Promise<void> {
  // without its header, whatever is left counts for nothing
  await rm(path.join(folder, HEADER), { force: true });
  await rm(folder, { recursive: true, force: true });
}

async function putInPlace(file: string, place: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  const draft = `${place}.${process.pid}`;
  // a second name for the same bytes, where the file system has such
  await link(file, draft).catch(() => copyFile(file, draft));
  await rename(draft, place);
}

interface Header {
  readonly settings: RunSettings;
  readonly pins: Pins;
}

/** At once, whole or not at all. */
function writeHeader(folder: string, header: Header): void {
  const draft = path.join(folder, `.${HEADER}`);
  writeFileSync(draft, `${JSON.stringify(header, null, 2)}\n`);
  renameSync(draft, path.join(folder, HEADER));
}

async function readHeader(folder: string): Promise<Header | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, HEADER), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliFault(`${path.join(folder, HEADER)} cannot be read: remove ${folder}, and begin again.`);
  }
}

function refuseOthers(out: string, before: RunSettings, now: RunSettings): void {
  const words: [string, unknown, unknown][] = [
    ['checkpoint', short(before.checkpointSha256), short(now.checkpointSha256)],
    ['protocol', before.protocol, now.protocol],
    ['samples', before.samples, now.samples],
    ['seed', before.seed, now.seed],
    ['limit', before.limit ?? 'none', now.limit ?? 'none'],
    ['errors', before.errors, now.errors],
    ['version of gdbench', before.codeVersion, now.codeVersion],
    ['tasks', Object.keys(before.data).join(', '), Object.keys(now.data).join(', ')],
  ];
  for (const [task, version] of Object.entries(before.data))
    words.push([`data of ${task}`, version, now.data[task] ?? version]);
  const other = words.filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name} (${a}, now ${b})`);
  if (other.length === 0) return;
  throw new CliFault(
    `The interrupted run in ${out} differs in ${other.join('; ')}: ` +
      'give what it had, or leave --resume out to begin again.',
    2,
  );
}

const short = (sha256: string) => sha256.slice(0, 12);

/** Whole or not at all. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  await writeFile(draft, text);
  await rename(draft, file);
}
