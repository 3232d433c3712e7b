import { DataError, listTasks, loadTask } from '@gdbench/benchmark/load';
import { type Example, imageKey, type TaskData, type TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';

/** A task that candidates are raced on. */
export interface RacedTask {
  /** The task's name, or what was made of one. */
  readonly name: string;
  readonly data: TaskData;
}

/** Candidates of an example that is made of a task of pairs. */
const CANDIDATES = 10;
const MOST_EXAMPLES = 200;

/**
 * The accuracy tasks of a data root, examples of different groups by turns. Where none has ten candidates, two more are made
 * of CLEVR's captions of two coloured objects: an image against the captions of ten images, a caption against ten images.
 */
export async function racedTasks(root: string): Promise<RacedTask[]> {
  const tasks: RacedTask[] = [];
  for (const { task, runnable } of await listTasks(root)) {
    if (!runnable || TASKS[task].kind !== 'accuracy') continue;
    try {
      tasks.push({ name: task, data: byTurns(await loadTask(root, task)) });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  const clevr = tasks.find(({ name }) => name === 'clevr');
  const large = tasks.some(({ data }) => data.examples.some((example) => candidatesOf(example) >= CANDIDATES));
  return clevr && !large ? [...tasks, ...madeOf(clevr.data)] : tasks;
}

/** Of a list its length; of two texts by two images the two of each comparison. */
export function candidatesOf({ texts, images }: Pick<Example, 'texts' | 'images'>): number {
  return Math.max(texts.length, images.length);
}

/** One example of each group, then another of each: a part of them is then a part of each group. */
function byTurns(data: TaskData): TaskData {
  const seen = new Map<string, number>();
  const turns = data.examples.map((example) => {
    const group = example.group ?? '';
    const turn = seen.get(group) ?? 0;
    seen.set(group, turn + 1);
    return { example, turn };
  });
  return { ...data, examples: turns.sort((a, b) => a.turn - b.turn).map(({ example }) => example) };
}

/** Ten images at a time and their captions: each of both is the right one once. */
function madeOf(clevr: TaskData): RacedTask[] {
  const blocks: Example[][] = [];
  let block: Example[] = [];
  const described = new Set<string>();
  for (const example of clevr.examples) {
    const key = imageKey(example.images[0]!);
    // A caption that an image of the block has, in this or the other order, would be right for two.
    const taken = block.some(({ texts }) => texts[0] === example.texts[0] || texts[0] === reversed(example.texts[0]!));
    if (example.group !== 'pair_binding_color' || described.has(key) || taken) continue;
    described.add(key);
    block.push(example);
    if (block.length === CANDIDATES) {
      blocks.push(block);
      block = [];
    }
  }
  const lists = blocks.slice(0, MOST_EXAMPLES / CANDIDATES);
  if (lists.length === 0) return [];
  const make = (task: TaskName, name: string, list: (block: readonly Example[], right: number) => Partial<Example>) => {
    const examples = lists.flatMap((block) =>
      block.map((example, right) => ({ ...example, right, ...list(block, right) })),
    );
    return {
      name,
      data: {
        ...clevr,
        task,
        examples: examples.map((example, index) => ({ ...example, index, cluster: example.id })),
      },
    };
  };
  const captions = (block: readonly Example[]) => block.map(({ texts }) => texts[0]!);
  return [
    make('flickr30k_text', 'ten captions, made of clevr', (block) => ({ texts: captions(block) })),
    make('flickr30k_image', 'ten images, made of clevr', (block, right) => ({
      texts: [captions(block)[right]!],
      images: block.map(({ images }) => images[0]!),
    })),
  ];
}

/** "A red cube and a brown sphere." as "A brown sphere and a red cube.". */
function reversed(caption: string): string {
  const [, first, second] = /^A (.*) and a (.*)\.$/.exec(caption) ?? [];
  return first === undefined ? caption : `A ${second} and a ${first}.`;
}
