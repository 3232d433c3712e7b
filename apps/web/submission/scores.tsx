import { effectSize, intervalMark, percent, pMark } from '@gdbench/benchmark/figures';
import { Fragment } from 'react';
import { sidesOf } from '../board/columns.ts';
import { ScoredOn } from '../board/measured-on.tsx';
import { isActive } from '../board/state.ts';
import { BiasCaution } from '../figure/bias-caution.tsx';
import { DataVersion } from '../figure/data-version.tsx';
import { editionText } from '../figure/edition.ts';
import { count } from '../figure/format.ts';
import { AccuracyTrack, BiasTrack } from '../figure/track.tsx';
import type { EvaluationPageFragment, TasksQuery } from '../generated/graphql.ts';
import { metricName } from './metric-name.ts';
import styles from './submission.module.css';

type Task = TasksQuery['tasks'][number];
type Evaluation = EvaluationPageFragment;
type Figure = Evaluation['results'][number];

/** Per task and metric: the value, or the value so far, or that it waits. */
export function Scores({
  evaluation,
  dataSet,
  otherData,
  tasks,
}: {
  evaluation: Evaluation;
  dataSet: TasksQuery['dataSet'];
  otherData: readonly string[];
  tasks: readonly Task[];
}) {
  const results = new Map(evaluation.results.map((result) => [`${result.task}.${result.metric}`, result]));
  const planned = tasks.filter((task) => dataOf(evaluation, task));
  const moved = planned.filter(({ name }) => otherData.includes(name));
  const lacking = tasks.filter((task) => !task.unavailable && !planned.includes(task));
  const shown = planned.length > 0 ? planned : tasks.filter((task) => !task.unavailable);
  const firstOfBias = shown.find((task) => task.kind === 'BIAS' && task.metrics.length > 0);
  return (
    <section className="panel" aria-label="Scores">
      <h2>{evaluation.state === 'DONE' ? 'Scores' : 'Scores so far'}</h2>
      {shown.map((task) => (
        <Fragment key={task.name}>
          {task === firstOfBias && <BiasCaution />}
          <TaskScores task={task} isMoved={moved.includes(task)} evaluation={evaluation} results={results} />
        </Fragment>
      ))}
      {planned.length > 0 && (
        <ScoredOn
          dataSet={dataSet}
          editions={planned.map((task) => ({ title: task.title, edition: dataOf(evaluation, task)?.edition ?? null }))}
          otherData={moved.map(titleOf)}
          lacking={lacking.map(titleOf)}
        />
      )}
    </section>
  );
}

const titleOf = ({ title }: Task) => title;

function dataOf({ tasks }: Evaluation, { name }: Task): Evaluation['tasks'][number] | undefined {
  return tasks.find(({ task }) => task === name);
}

function TaskScores({
  task,
  isMoved,
  evaluation,
  results,
}: {
  task: Task;
  /** Whether the board has other data of it now. */
  isMoved: boolean;
  evaluation: Evaluation;
  results: ReadonlyMap<string, Figure>;
}) {
  const progress = dataOf(evaluation, task);
  return (
    <section className={styles.task} aria-label={task.title}>
      <h3>
        {task.title}
        <span>
          {progress ? (
            <>
              {taskNote(progress)} · data <DataVersion version={progress.dataVersion} />
              {isMoved && ', the board has other data now'}
            </>
          ) : (
            task.question
          )}
        </span>
      </h3>
      <ul>
        {task.metrics.map((metric) => (
          <li key={metric.name}>
            <span className={styles.metric}>
              {metricName(task, metric)}
              <GroupSizes sizes={results.get(metric.name)?.sizes ?? []} />
            </span>
            <Score
              task={task}
              chance={metric.chance ?? null}
              result={results.get(metric.name)}
              p={results.get(metric.name.replace(/\.effect_size$/, '.p_value'))?.value ?? null}
              part={progress && progress.examples > 0 ? progress.examplesDone / progress.examples : 0}
              evaluation={evaluation}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Of the two groups of a bias pair; nothing of other metrics. */
function GroupSizes({ sizes }: Pick<Figure, 'sizes'>) {
  return sizes.length > 0 && <small>{sizes.join(' and ')} images</small>;
}

function taskNote({ shardsDone, shardsTotal, examples, ties, edition }: Evaluation['tasks'][number]): string {
  const parts = [`${shardsDone} of ${shardsTotal} shards`, `${count(examples)} examples`];
  if (ties != null) parts.push(ties === 1 ? '1 tie' : `${count(ties)} ties`);
  if (edition && edition.state !== 'WHOLE') parts.push(editionText(edition));
  return parts.join(' · ');
}

function Score({
  task,
  chance,
  result,
  p,
  part,
  evaluation,
}: {
  task: Task;
  chance: number | null;
  result: Figure | undefined;
  p: number | null;
  part: number;
  evaluation: Evaluation;
}) {
  if (result?.value == null) {
    const words = result?.complete ? 'undefined' : isActive(evaluation.state) ? 'waiting' : 'not measured';
    return <span className={styles.absent}>{words}</span>;
  }
  const { value, complete } = result;
  const low = result.low ?? null;
  const high = result.high ?? null;
  const estimate = { value, low, high, complete };
  const sides = task.kind === 'BIAS' ? sidesOf(result.metric) : null;
  const marks = [
    task.kind === 'BIAS' ? p !== null && pMark(p) : low !== null && high !== null && intervalMark(value, low, high),
    !complete && `${Math.round(part * 100)}%`,
  ].filter(Boolean);
  return (
    <>
      <span className={styles.track}>
        {task.kind === 'BIAS' ? (
          <BiasTrack estimate={estimate} />
        ) : (
          <AccuracyTrack estimate={estimate} chance={chance} kind={evaluation.checkpoint.kind} />
        )}
      </span>
      <span className={styles.value} data-complete={complete}>
        {!complete && <span className="hidden">so far </span>}
        <span>{task.kind === 'BIAS' ? effectSize(value) : percent(value)}</span> <small>{marks.join(' · ')}</small>
        {sides && value !== 0 && <span className="hidden"> towards {sides[value > 0 ? 0 : 1]}</span>}
      </span>
    </>
  );
}
