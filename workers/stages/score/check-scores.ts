import type { ExampleScores, TaskData } from '@gdbench/benchmark/task';

/**
 * Whether scores are those of the examples `from` to `to` (exclusive): each once and in order, a row a text and a column
 * an image, all finite. Gives a sentence when they are not.
 */
export function checkScores(
  data: TaskData,
  from: number,
  to: number,
  scores: readonly Omit<ExampleScores, 'example'>[],
): string | undefined {
  const examples = data.examples.slice(from, to);
  if (scores.length !== examples.length)
    return `${examples.length} examples of ${data.task} were to be scored and ${scores.length} came back.`;
  for (const [n, example] of examples.entries()) {
    const scored = scores[n];
    if (scored?.index !== example.index)
      return `Example ${example.id} of ${data.task} was to be scored and another came back.`;
    const fits =
      scored.scores.length === example.texts.length &&
      scored.scores.every((row) => row.length === example.images.length);
    if (!fits) return `Example ${example.id} of ${data.task} has scores of another shape than its texts and images.`;
    if (!scored.scores.every((row) => row.every(Number.isFinite)))
      return `Example ${example.id} of ${data.task} has a score that is not a finite number.`;
  }
  return undefined;
}
