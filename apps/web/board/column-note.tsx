'use client';

import { share } from '@gdbench/benchmark/figures';
import { BiasCaution } from '../figure/bias-caution.tsx';
import { editionText } from '../figure/edition.ts';
import { count } from '../figure/format.ts';
import styles from './board.module.css';
import { noteId } from './column-header.tsx';
import type { Column } from './columns.ts';
import { intervalWords } from './interval.ts';

/** What a column asks, opened from its head; the browser's own popover gives Escape, light dismissal and focus order. */
export function ColumnNote({ column }: { column: Column }) {
  const { task } = column;
  return (
    <div
      id={noteId(column)}
      popover="auto"
      role="dialog"
      aria-label={`About ${column.title}`}
      className={styles.note}
      onToggle={(event) => event.newState === 'open' && place(event.currentTarget)}
    >
      <h3>
        {column.title}
        {column.label && <span> {column.label}</span>}
      </h3>
      {task && <p>{task.question}</p>}
      <dl>
        {column.bias ? (
          column.sides && (
            <>
              <dt>Sign</dt>
              <dd>
                above 0 towards {column.sides[0]}, below 0 towards {column.sides[1]}
              </dd>
            </>
          )
        ) : (
          <>
            <dt>Chance</dt>
            <dd>{column.chance === null ? 'none' : share(column.chance)}</dd>
          </>
        )}
        {task && (
          <>
            <dt>{column.bias ? 'Figure' : 'Right when'}</dt>
            <dd>{task.formula}</dd>
            <dt>Interval</dt>
            <dd>{intervalWords(task.interval)}</dd>
            {task.examples != null && (
              <>
                <dt>Data</dt>
                <dd>
                  {count(task.examples)} {column.bias ? 'images' : 'examples'}, version <code>{task.dataVersion}</code>
                  {task.edition && `, ${editionText(task.edition)}`}
                </dd>
              </>
            )}
          </>
        )}
      </dl>
      {column.ranking && <p>{rankWords(column)}</p>}
      {column.bias && <BiasCaution />}
    </div>
  );
}

function rankWords({ task }: Column): string {
  const isWhole = !task?.edition || task.edition.state === 'WHOLE';
  return isWhole
    ? 'This column ranks the board.'
    : 'This column ranks the board, but data that are not all of a known edition give no rank.';
}

/** Below the button that opened it, inside the window. */
function place(note: HTMLElement): void {
  const button = document.querySelector(`[popovertarget="${note.id}"]`);
  if (!button) return;
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = note;
  const left = Math.min(Math.max(8, from.right - width + 12), window.innerWidth - width - 8);
  const below = from.bottom + 8;
  const top = below + height < window.innerHeight - 8 ? below : Math.max(8, from.top - height - 8);
  note.style.left = `${left}px`;
  note.style.top = `${top}px`;
}
