import { share } from '@gdbench/benchmark/figures';
import type { Metadata } from 'next';
import { intervalWords } from '../../board/interval.ts';
import { DataSet } from '../../board/measured-on.tsx';
import { BiasCaution } from '../../figure/bias-caution.tsx';
import { editionText } from '../../figure/edition.ts';
import { count } from '../../figure/format.ts';
import { TasksDocument, type TasksQuery } from '../../generated/graphql.ts';
import { request } from '../../server/request.ts';
import styles from './tasks.module.css';

export const metadata: Metadata = { title: 'Tasks' };

type Task = TasksQuery['tasks'][number];

export default async function TasksPage() {
  const { tasks, dataSet } = await request(TasksDocument, {});
  return (
    <>
      <h1>What is asked</h1>
      <p className="lead">
        Every model answers by one number: how well an image and a text go together. A task is a set of choices between
        such numbers, and chance is what a model that knows nothing would reach.
      </p>
      <p className={styles.dataSet}>
        <span className="muted">Data set</span> <DataSet dataSet={dataSet} />
      </p>
      {tasks.length === 0 && <p>No task is known to the service.</p>}
      <div className={styles.tasks}>
        {tasks.map((task) => (
          <TaskCard key={task.name} task={task} />
        ))}
      </div>
    </>
  );
}

function EditionWords({ edition }: { edition: NonNullable<Task['edition']> }) {
  return (
    <>
      , {editionText(edition)}
      {edition.state !== 'WHOLE' && ': scored as any data are, without a rank'}
    </>
  );
}

function TaskCard({ task }: { task: Task }) {
  const bias = task.kind === 'BIAS';
  return (
    <section className={`panel ${styles.task}`} aria-labelledby={`task-${task.name}`}>
      <div>
        <p className={styles.capability}>{task.capability}</p>
        <h2 id={`task-${task.name}`}>{task.title}</h2>
        <p className={styles.question}>{task.question}</p>
        <dl>
          <div>
            <dt>{bias ? 'Figure' : 'Right when'}</dt>
            <dd>{task.formula}</dd>
          </div>
          <div>
            <dt>Interval</dt>
            <dd>{intervalWords(task.interval)}</dd>
          </div>
          <div>
            <dt>Data</dt>
            <dd>
              {task.unavailable ?? (
                <>
                  {task.examples == null ? 'not counted' : `${count(task.examples)} ${bias ? 'images' : 'examples'}`}
                  {task.dataVersion && (
                    <>
                      , version <code>{task.dataVersion}</code>
                    </>
                  )}
                  {task.edition && <EditionWords edition={task.edition} />}
                  {task.notes.map((note) => (
                    <span key={note} className={styles.dataNote}>
                      {note}
                    </span>
                  ))}
                </>
              )}
            </dd>
          </div>
        </dl>
        {bias && <BiasCaution />}
      </div>
      {task.metrics.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Metric</th>
              <th scope="col">Chance</th>
            </tr>
          </thead>
          <tbody>
            {task.metrics.map((metric) => (
              <tr key={metric.name}>
                <th scope="row">{metric.title}</th>
                <td>{metric.label}</td>
                <td>{metric.chance == null ? 'none' : share(metric.chance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
