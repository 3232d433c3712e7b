import type { ExampleScores, TaskName } from '../task.ts';

/** Scores that nothing may be computed from. The message is one sentence that names task and example. */
export class ScoreError extends Error {
  override readonly name = 'ScoreError';
  readonly task: TaskName;
  /** The example's id. */
  readonly example: string;

  constructor(task: TaskName, example: string, fault: string) {
    super(`Task ${task}, example ${example}: ${fault}.`);
    this.task = task;
    this.example = example;
  }
}

/** Fails on the first score that is not a finite number: such a score is never ranked. */
export function requireFinite(task: TaskName, { example, scores }: Pick<ExampleScores, 'example' | 'scores'>): void {
  for (const [text, row] of scores.entries()) {
    for (const [image, score] of row.entries()) {
      if (!Number.isFinite(score))
        throw new ScoreError(
          task,
          example,
          `the score of text ${text} and image ${image} is ${score}, not a finite number`,
        );
    }
  }
}
