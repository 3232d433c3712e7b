import type { InspectionReport } from '@gdbench/benchmark/inspection-report';
import { DataError } from '@gdbench/benchmark/load';
import { isSampled, PROTOCOLS_OF } from '@gdbench/benchmark/protocol';
import { type DataEdition, type LoadedTask, TASK_NAMES } from '@gdbench/benchmark/task';
import type { BoardData } from '../../board-data.ts';
import { NEEDS } from '../../engine/protocols/reduce.ts';
import { timestepsFor } from '../../engine/protocols/timesteps.ts';
import { firstLine } from '../../sentence.ts';
import { type PlannedTask, planTask, type Spending } from './cost.ts';

export interface EvaluationPlan {
  readonly tasks: readonly (PlannedTask & { readonly edition: DataEdition })[];
  /** A sentence for each task that is left out, one for all of which the root has nothing, and what lies unread in the others. */
  readonly unavailable: readonly string[];
}

/** Plans every task that the data root can serve, in the benchmark's order. @param protocol one that fits the report's kind. */
export async function planEvaluation(
  data: BoardData,
  { kind }: Pick<InspectionReport, 'kind'>,
  protocol: string,
  asked: { samples: number; limit: number | null },
): Promise<EvaluationPlan> {
  const loaded: LoadedTask[] = [];
  const unavailable: string[] = [];
  const absent: string[] = [];
  for (const task of TASK_NAMES)
    try {
      loaded.push(await data.plan(task, asked.limit));
    } catch (error) {
      if (error instanceof DataError && error.kind === 'absent') absent.push(task);
      else unavailable.push(`${task} is not scored: ${firstLine(error)}`);
    }
  // a board may well be of a few tasks: one note says so
  if (absent.length > 0)
    unavailable.push(`Not scored, for the data root of this board does not hold them: ${absent.join(', ')}.`);
  const spending = spendingOf(kind, protocol, asked.samples);
  const tasks = loaded.map((data) => ({ ...planTask(data, spending), edition: data.edition }));
  const notes = loaded.flatMap(({ task, notes = [] }) => notes.map((note) => `${task}: ${note}`));
  return { tasks, unavailable: [...unavailable, ...notes] };
}

function spendingOf(kind: Spending['kind'], protocol: string, samples: number): Spending {
  if (kind !== 'diffusion') return { kind };
  const { uncond, gray } = NEEDS[isSampled(protocol) ? protocol : PROTOCOLS_OF.diffusion[0]];
  return { kind, samples: timestepsFor(samples, 1_000).length, images: uncond, texts: gray };
}
