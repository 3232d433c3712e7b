import type { Example, TaskData } from '@gdbench/benchmark/task';

export interface ExampleList {
  readonly texts: readonly string[];
  /** Absolute paths. */
  readonly images: readonly string[];
}

/** A task of the given lists of texts and images, each an example; equal lists have equal data versions. */
export function taskOfLists(root: string, lists: readonly ExampleList[]): TaskData {
  const examples = lists.map(
    ({ texts, images }, index): Example => ({
      index,
      id: `example ${index}`,
      texts,
      images: images.map((path) => ({ path })),
      cluster: String(index),
    }),
  );
  return { task: 'winoground', root, dataVersion: JSON.stringify(lists), examples };
}
