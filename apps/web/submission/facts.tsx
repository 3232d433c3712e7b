import { isActive } from '../board/state.ts';
import { bytes, count, duration, shortHash } from '../figure/format.ts';
import type { EvaluationPageFragment, SubmissionQuery, TasksQuery } from '../generated/graphql.ts';
import { evaluateCommand } from './command.ts';
import { CopyButton } from './copy-button.tsx';
import styles from './submission.module.css';

type Evaluation = EvaluationPageFragment;
type Files = NonNullable<SubmissionQuery['submission']>['files'];

/** What is going on now, or what it took. */
export function Facts({ evaluation, now }: { evaluation: Evaluation; now: number }) {
  const { state, rowsPerSecond, workers, lastSignOfLife, rowsDone, rowsTotal, retriedShards } = evaluation;
  const life = lastSignOfLife ? `last sign of life ${duration((now - Date.parse(lastSignOfLife)) / 1000)} ago` : null;
  return (
    <section className="panel">
      <h2>{isActive(state) ? 'Now' : 'What it took'}</h2>
      <dl className={styles.facts}>
        {state === 'SCORING' && (
          <>
            <Fact name="Rate">
              {rowsPerSecond == null ? 'not known yet' : `${count(rowsPerSecond)} model rows a second`}
            </Fact>
            <Fact name="Workers">{life ? `${workers} · ${life}` : `${workers}`}</Fact>
          </>
        )}
        {state === 'QUEUED' && (
          <Fact name="Place in the queue">{evaluation.place == null ? 'not known yet' : evaluation.place}</Fact>
        )}
        {evaluation.secondsLeft != null && isActive(state) && (
          <Fact name="Time left">{duration(evaluation.secondsLeft)}</Fact>
        )}
        <Fact name="Board">{boardWords(evaluation)}</Fact>
        {evaluation.samples != null && (
          <Fact name="Sampling budget">
            {evaluation.samples} noise samples, seed {evaluation.seed}
          </Fact>
        )}
        {evaluation.limit != null && <Fact name="Examples">the first {evaluation.limit} of each subtask or group</Fact>}
        <Fact name="Rows">{rowsTotal > 0 ? `${count(rowsDone)} of ${count(rowsTotal)}` : 'not planned yet'}</Fact>
        <Fact name="Shards">
          {evaluation.shardsTotal > 0 ? `${evaluation.shardsDone} of ${evaluation.shardsTotal}` : 'not planned yet'}
        </Fact>
        <Fact name="Retried shards">
          {retriedShards === 0 ? 'none' : `${retriedShards} · a worker was lost, nothing of yours`}
        </Fact>
        {evaluation.finishedAt && (
          <Fact name="Ended">
            <time dateTime={evaluation.finishedAt}>{utc(evaluation.finishedAt)}</time>
          </Fact>
        )}
      </dl>
    </section>
  );
}

/** Figures of what a board asked before, or on other data, are not ranked beside those of now. */
function boardWords({ board, measurement }: Evaluation): string {
  return measurement == null || measurement.isPresent
    ? board.title
    : `${board.title}, by what it asked before: not ranked beside the rows of now`;
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** "24 Nov 2026, 15:42 UTC": the same on the server and in every reader's browser. */
function utc(at: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${format.format(new Date(at))} UTC`;
}

export function Repeat({ evaluation, dataSet }: { evaluation: Evaluation; dataSet: TasksQuery['dataSet'] }) {
  const command = evaluateCommand(evaluation, dataSet);
  return (
    <section className="panel">
      <h2>Re-create these scores</h2>
      <p className="muted">On any machine, with the same folder and the same data; no server is needed.</p>
      <div className={styles.command}>
        <code>
          {command.split(/(?= --)/).map((part) => (
            <span key={part}>{part}</span>
          ))}
        </code>
        <CopyButton text={() => command}>Copy</CopyButton>
      </div>
    </section>
  );
}

/** What a reader should know of how it was scored: a task that is left out, a device that was not there. */
export function Notes({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <section className={`panel ${styles.later}`}>
      <h2>Notes</h2>
      {warnings.map((warning) => (
        <p key={warning} className={styles.warning}>
          {warning}
        </p>
      ))}
    </section>
  );
}

export function Inspection({ evaluation }: { evaluation: Evaluation }) {
  const { checks } = evaluation.checkpoint;
  if (checks.length === 0) return null;
  return (
    <section className={`panel ${styles.later}`}>
      <h2>Inspection</h2>
      <ul className={styles.checks}>
        {checks.map((check) => (
          <li key={check}>{check}</li>
        ))}
      </ul>
    </section>
  );
}

export function FileList({ files }: { files: Files }) {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  return (
    <details className={`panel ${styles.later} ${styles.fold} ${styles.files}`}>
      <summary>
        <h2>
          Files <span className={styles.aside}>{`${files.length} · ${bytes(total)}`}</span>
        </h2>
      </summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">Size</th>
            <th scope="col">sha256</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ id, path, size, sha256 }) => (
            <tr key={id}>
              <th scope="row" className="mono">
                {path}
              </th>
              <td>{bytes(size)}</td>
              <td className="mono" title={sha256}>
                {shortHash(sha256)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
