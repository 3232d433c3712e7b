import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CLEVR_SUBTASKS } from '@gdbench/benchmark/tasks';
import { randomStream } from '../../builtin/data/random.ts';
import { writeFiles } from './folder.ts';

const ROW_FILES = ['vg_relation/visual_genome_relation.json', 'vg_attribution/visual_genome_attribution.json'];
const PICTURES = ['clevr/images', 'svo/images', 'vg_relation/images', 'vg_attribution/images'];

type Row = Record<string, unknown>;

/** How much of a data set is written. */
export interface Subset {
  /** Examples of a task (clevr: of a subtask). */
  readonly pairs: number;
  readonly isExchanged: boolean;
}

/**
 * Writes the first examples of the tasks of two candidates (but winoground) of a drawn data set. Exchanged: every
 * picture lies under the name of another one of its task, drawn at random (one or so may stay where it is: a draw that forbids it
 * would not be at chance).
 */
export async function writeSubset(data: string, root: string, { pairs, isExchanged }: Subset): Promise<void> {
  await writeFiles(root, await pairTasks(data, pairs));
  for (const folder of PICTURES) {
    const files = (await readdir(path.join(data, folder))).sort();
    const sources = isExchanged ? randomStream(0, `exchange/${folder}`).shuffle(files) : files;
    await mkdir(path.join(root, folder), { recursive: true });
    const copy = (file: string, i: number) =>
      copyFile(path.join(data, folder, sources[i]!), path.join(root, folder, file));
    await Promise.all(files.map(copy));
  }
}

async function pairTasks(data: string, pairs: number): Promise<Record<string, object>> {
  const read = (file: string) => readFile(path.join(data, file), 'utf8');
  const rows = async (file: string): Promise<Row[]> => JSON.parse(await read(file)) as Row[];
  const subtasks = await Promise.all(
    CLEVR_SUBTASKS.map(async (subtask) => {
      const file = `clevr/captions/${subtask}.json`;
      return [file, first(JSON.parse(await read(file)) as Row, pairs)] as const;
    }),
  );
  const svo = await rows('svo/svo.json');
  const ofPart = (part: string) => svo.filter((row) => row.neg_type === part).slice(0, pairs);
  const lists = ROW_FILES.map(async (file) => [file, (await rows(file)).slice(0, pairs)] as const);
  return {
    ...Object.fromEntries([...subtasks, ...(await Promise.all(lists))]),
    'svo/svo.json': ['subj', 'verb', 'obj'].flatMap(ofPart),
  };
}

const first = <T>(record: Record<string, T>, count: number): Record<string, T> =>
  Object.fromEntries(Object.entries(record).slice(0, count));
