import type { MouseEvent } from 'react';
import { editionText } from '../figure/edition.ts';
import styles from './board.module.css';
import type { Column } from './columns.ts';

/** A column's head: its group once, the title that sorts, the metric, and a button that opens what it asks. */
export function ColumnHeader({
  column,
  firstOfGroup,
  sort,
  href,
  onSort,
}: {
  column: Column;
  firstOfGroup: boolean;
  sort: 'ascending' | 'descending' | null;
  href: string;
  onSort: (event: MouseEvent) => void;
}) {
  return (
    <th
      scope="col"
      className={`${column.ranking ? styles.ranking : ''} ${sort ? styles.sorted : ''}`}
      aria-sort={sort ?? undefined}
    >
      <span className={firstOfGroup ? styles.group : 'hidden'}>{column.group} </span>
      <span className={styles.headline}>
        <a href={href} onClick={onSort} aria-label={`${column.title}, ${column.label}: sort`}>
          {column.title}
          <span aria-hidden="true" className={styles.arrow}>
            {sort === 'ascending' ? '↑' : '↓'}
          </span>
        </a>
        <button
          type="button"
          className={styles.about}
          popoverTarget={noteId(column)}
          aria-label={`About ${column.title}, ${column.label}`}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <circle cx="8" cy="8" r="6.6" />
            <path d="M8 7.3v3.8M8 4.8v.2" />
          </svg>
        </button>
      </span>
      <span className={styles.metric}>
        {column.sides ? (
          <>
            <span className={styles.sideY}>
              <SideArrow d="M7.5 1 2 5l5.5 4z" />
              {column.sides[1]}
            </span>
            <span className={styles.sideX}>
              {column.sides[0]}
              <SideArrow d="M1.5 1 7 5 1.5 9z" />
            </span>
          </>
        ) : (
          <>
            {column.label}
            <EditionMark column={column} />
          </>
        )}
      </span>
    </th>
  );
}

/** That the column's figures are over a part of the data, or over others than are known. */
function EditionMark({ column: { task } }: { column: Column }) {
  if (!task?.edition || task.edition.state === 'WHOLE') return null;
  const words = editionText(task.edition);
  return <span title={words}> · {task.edition.state === 'PART' ? 'part' : words}</span>;
}

function SideArrow({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 9 10" aria-hidden="true">
      <path d={d} fill="currentColor" />
    </svg>
  );
}

export function noteId(column: Column): string {
  return `about-${column.metric.replace(/[^\w-]/g, '_')}`;
}
