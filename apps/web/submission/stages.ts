import { isStopped } from '@gdbench/benchmark/states';
import { RANKING_TASK } from '@gdbench/benchmark/tasks';
import { bytes, duration } from '../figure/format.ts';
import type { EvaluationPageFragment } from '../generated/graphql.ts';

export type Stage = {
  title: 'Uploaded' | 'Inspected' | 'Queued' | 'Scoring' | 'Ranked';
  mark: 'done' | 'now' | 'stopped' | 'ahead';
  /** What is known of it: how long it took, how far it is. */
  note: string;
};

type Evaluation = Pick<
  EvaluationPageFragment,
  | 'state'
  | 'stateSince'
  | 'createdAt'
  | 'uploadedAt'
  | 'inspectedAt'
  | 'startedAt'
  | 'finishedAt'
  | 'bytesStored'
  | 'bytesTotal'
  | 'place'
  | 'secondsLeft'
  | 'shardsDone'
  | 'shardsTotal'
> & {
  checkpoint: Pick<EvaluationPageFragment['checkpoint'], 'checks'>;
  tasks: readonly Pick<EvaluationPageFragment['tasks'][number], 'task' | 'edition'>[];
};

/** The five stages of a submission as they stand at `now` (milliseconds). */
export function stagesOf(evaluation: Evaluation, now: number): Stage[] {
  const { createdAt, uploadedAt, inspectedAt, startedAt, finishedAt, checkpoint } = evaluation;
  const reached = reachedStage(evaluation);
  const isOff = isStopped(evaluation.state);
  const notes: Record<Stage['title'], string> = {
    Uploaded: uploadedAt ? `${bytes(evaluation.bytesTotal)} in ${between(createdAt, uploadedAt)}` : '',
    Inspected: inspectedAt
      ? checkpoint.checks.length
        ? `accepted, ${checkpoint.checks.length} checks`
        : 'accepted'
      : '',
    Queued: startedAt ? `waited ${between(inspectedAt ?? createdAt, startedAt)}` : '',
    Scoring: startedAt && finishedAt ? `took ${between(startedAt, finishedAt)}` : '',
    Ranked: finishedAt && !isOff ? onBoard(evaluation) : '',
  };
  return TITLES.map((title, i) => {
    if (evaluation.state === 'DONE' || i < reached) return { title, mark: 'done', note: notes[title] };
    if (i > reached) return { title, mark: 'ahead', note: i === 4 && !isOff ? arrival(evaluation) : '' };
    return {
      title,
      mark: isOff ? 'stopped' : 'now',
      note: isOff ? evaluation.state.toLowerCase() : present(evaluation, now),
    };
  });
}

const TITLES = ['Uploaded', 'Inspected', 'Queued', 'Scoring', 'Ranked'] as const;

/** Index of the stage the evaluation is in, or was in when it ended. */
function reachedStage({ state, uploadedAt, inspectedAt, startedAt }: Evaluation): number {
  switch (state) {
    case 'UPLOADING':
      return 0;
    case 'INSPECTING':
    case 'REFUSED':
      return 1;
    case 'QUEUED':
      return 2;
    case 'SCORING':
      return 3;
    case 'DONE':
      return 4;
    case 'FAILED':
    case 'CANCELLED':
      return startedAt ? 3 : inspectedAt ? 2 : uploadedAt ? 1 : 0;
  }
}

function present(evaluation: Evaluation, now: number): string {
  const age = `for ${duration((now - Date.parse(evaluation.stateSince)) / 1000)}`;
  switch (evaluation.state) {
    case 'UPLOADING':
      return `${bytes(evaluation.bytesStored)} of ${bytes(evaluation.bytesTotal)}, ${age}`;
    case 'QUEUED':
      return `${evaluation.place == null ? 'waiting' : `place ${evaluation.place}`}, ${age}`;
    case 'SCORING': {
      const left = evaluation.secondsLeft == null ? age : `${duration(evaluation.secondsLeft)} left`;
      return `${evaluation.shardsDone} of ${evaluation.shardsTotal} shards, ${left}`;
    }
    default:
      return age;
  }
}

/** The board ranks by one task, where its data are all of an edition that is known. */
function onBoard({ tasks }: Evaluation): string {
  const ranking = tasks.find(({ task }) => task === RANKING_TASK);
  return ranking?.edition?.state === 'WHOLE' ? 'on the board' : 'on the board, without a rank';
}

function arrival({ secondsLeft }: Evaluation): string {
  return secondsLeft == null ? '' : `in about ${duration(secondsLeft)}`;
}

function between(from: string, to: string): string {
  return duration((Date.parse(to) - Date.parse(from)) / 1000);
}
