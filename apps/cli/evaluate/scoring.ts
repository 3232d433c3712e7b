import { summarise } from '@gdbench/benchmark/summarise';
import type { ExampleScores, TaskData, TaskSummary } from '@gdbench/benchmark/task';
import type { Evaluator, SampleErrors, ScoredExample } from '@gdbench/workers/engine/evaluate';
import { CliFault } from '../fault.ts';
import type { PlainErrors } from '../results/scores-file.ts';
import { describePace } from '../terminal/pace.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import type { PartialRun } from './partial.ts';

export interface ScoreTaskOptions {
  readonly partial: PartialRun;
  readonly errors: boolean;
  readonly silent: boolean;
  readonly signal: AbortSignal;
  /** Hears of the progress that is shown now, for lines of others. */
  readonly onProgress: (progress: Progress | undefined) => void;
}

/** Lines of progress a task, where there is no terminal. */
const LINES = 10;

/** Scores what is left of a task; each example stands in the partial run before the next is waited for. */
export async function scoreTask(
  evaluator: Evaluator,
  data: TaskData,
  { partial, errors, silent, signal, onProgress }: ScoreTaskOptions,
): Promise<TaskSummary> {
  const total = data.examples.length;
  const scores: ExampleScores[] = [...partial.scored(data)];
  const before = scores.length;
  const [rowsBefore, start] = [evaluator.rowsScored, performance.now()];
  const pace = (done: number) =>
    describePace({
      done,
      before,
      total,
      rows: evaluator.rowsScored - rowsBefore,
      seconds: (performance.now() - start) / 1000,
    });
  if (before < total) {
    const progress = startProgress(`Scoring ${data.task}`, total, String, { silent, from: before, pace, lines: LINES });
    onProgress(progress);
    const draft = partial.open(data);
    const onExample = (_done: number, _total: number, one: ScoredExample) => {
      if (one.index !== scores.length) throw new Error(`example ${one.index} came in the place of ${scores.length}`);
      draft.append({
        example: one.example,
        scores: one.scores.map((row) => [...row]),
        ...(one.errors ? { errors: plain(one.errors) } : {}),
      });
      scores.push({ index: one.index, example: one.example, scores: one.scores });
      progress.set(scores.length);
    };
    try {
      await evaluator.scoreExamples(data, before, total, { signal, onExample, errors, collect: false });
    } catch (error) {
      throw isFull(error) ? new CliFault(`The folder of the results cannot be written: ${error.message}.`) : error;
    } finally {
      draft.close();
      progress.end();
      onProgress(undefined);
    }
  }
  return summarise(data, scores);
}

function isFull(error: unknown): error is Error {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** As JSON shows it. */
function plain({ cond, uncond, gray }: SampleErrors): PlainErrors {
  return {
    cond: cond.map((row) => row.map((errors) => Array.from(errors))),
    ...(uncond ? { uncond: uncond.map((errors) => Array.from(errors)) } : {}),
    ...(gray ? { gray: gray.map((errors) => Array.from(errors)) } : {}),
  };
}
