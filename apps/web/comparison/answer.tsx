import type { TaskName } from '@gdbench/benchmark/task';
import { TASKS } from '@gdbench/benchmark/tasks';
import type { ReactNode } from 'react';
import { editionLines } from '../figure/edition.ts';
import type { DataEditionPartsFragment } from '../generated/graphql.ts';
import styles from './comparison.module.css';
import type { Compared } from './findings.ts';

/** The answer in one sentence; `against`: whom it is about, where there are several. */
export function Verdict({ against, children }: { against?: string | undefined; children: ReactNode }) {
  return (
    <p className={styles.verdict}>
      {against && <span className={styles.against}>Against {against}: </span>}
      {children}
    </p>
  );
}

/** Why there is no answer. */
export function Refused({ message, remedy }: { message: string; remedy: string }) {
  return (
    <div role="status">
      <p className={styles.verdict}>{message}</p>
      <p className={styles.quiet}>{remedy}</p>
    </div>
  );
}

/** Of which tasks the data were not all of a known edition; nothing where they were. */
export function NotWhole({ tasks }: { tasks: readonly { task: string; edition?: DataEditionPartsFragment | null }[] }) {
  const lines = editionLines(
    tasks.flatMap(({ task, edition }) =>
      edition && edition.state !== 'WHOLE' ? [{ title: titleOf(task), edition }] : [],
    ),
  );
  return lines.length > 0 && <p className={styles.quiet}>Data: {lines.join('; ')}.</p>;
}

/** Tasks that took no part, and why; those of one reason together. */
export function LeftOut({ leftOut }: Pick<Compared, 'leftOut'>) {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const titles = (reason: string) => leftOut.flatMap((one) => (one.reason === reason ? [titleOf(one.task)] : []));
  if (reasons.length === 0) return null;
  return (
    <ul className={styles.leftOut} aria-label="Left out">
      {reasons.map((reason) => (
        <li key={reason}>
          Left out: {titles(reason).join(', ')}. {reason}
        </li>
      ))}
    </ul>
  );
}

const titleOf = (task: string): string => TASKS[task as TaskName]?.title ?? task;
