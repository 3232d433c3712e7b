import { share } from '@gdbench/benchmark/figures';
import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import { isUnfinished } from '@gdbench/benchmark/states';
import { bytes, count, duration, parameters } from '../figure/format.ts';
import type { EvaluationState } from '../generated/graphql.ts';
import type { Row } from './order.ts';

/** On its way: figures may still come. */
export function isActive(state: EvaluationState): boolean {
  return isUnfinished(state);
}

/** How far the evaluation is, 0 to 1. */
export function progressOf({
  state,
  shardsDone,
  shardsTotal,
}: Pick<Row['evaluation'], 'state' | 'shardsDone' | 'shardsTotal'>): number {
  if (state === 'DONE') return 1;
  return shardsTotal > 0 ? shardsDone / shardsTotal : 0;
}

/** The line below a checkpoint's name: how it was measured, or what is happening to it now. */
export function subline(row: Row): string {
  const { evaluation, checkpoint } = row;
  switch (evaluation.state) {
    case 'UPLOADING':
      return evaluation.bytesTotal > 0
        ? `uploading, ${share(evaluation.bytesStored / evaluation.bytesTotal)} of ${bytes(evaluation.bytesTotal)}`
        : 'uploading';
    case 'INSPECTING':
      return 'being inspected';
    case 'QUEUED':
      return join([
        evaluation.place == null ? 'waiting' : `waiting, place ${evaluation.place}`,
        evaluation.secondsLeft != null && `${duration(evaluation.secondsLeft)} left`,
      ]);
    case 'SCORING':
      return join([
        `shard ${evaluation.shardsDone} of ${evaluation.shardsTotal}`,
        evaluation.rowsPerSecond != null && `${count(evaluation.rowsPerSecond)} rows/s`,
        evaluation.secondsLeft != null && `${duration(evaluation.secondsLeft)} left`,
      ]);
    case 'DONE':
      return join([
        // another protocol has a badge
        evaluation.protocol != null && isBoardProtocol(evaluation.protocol) && evaluation.protocol,
        checkpoint.parameters != null && parameters(checkpoint.parameters),
        evaluation.samples != null && `${evaluation.samples} samples`,
        evaluation.limit != null && `first ${evaluation.limit} of each`,
        row.otherData.length > 0 && `other data: ${row.otherData.join(', ')}`,
      ]);
    case 'REFUSED':
      return `refused: ${evaluation.failure?.message ?? 'the files do not fit'}`;
    case 'FAILED':
      return `failed: ${evaluation.failure?.message ?? 'the evaluation stopped'}`;
    case 'CANCELLED':
      return evaluation.shardsTotal > 0
        ? `cancelled after shard ${evaluation.shardsDone} of ${evaluation.shardsTotal}`
        : 'cancelled';
  }
}

/** Tasks that a row's note names. */
const NAMED_AT_MOST = 2;

/** That the row's data were not all of a known edition, so that its place may be none; empty where they were. */
export function editionNote({ notWhole }: Pick<Row, 'notWhole'>): string {
  if (notWhole.length === 0) return '';
  const more = notWhole.length - NAMED_AT_MOST;
  return `not whole: ${notWhole.slice(0, NAMED_AT_MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function join(parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
