import type { MouseEvent } from 'react';
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
        <a href={href} onClick={onSort} title={`Sort by ${column.title}`}>
          {column.title}
          <span aria-hidden="true" className={styles.arrow}>
            {sort === 'ascending' ? '↑' : '↓'}
          </span>
        </a>
        <button
          type="button"
          className={styles.about}
          popoverTarget={noteId(column)}
          aria-label={`About ${column.group} ${column.title}`}
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
            <span className={styles.sideY}>← {column.sides[1]}</span>
            <span className={styles.sideX}>{column.sides[0]} →</span>
          </>
        ) : (
          column.label
        )}
      </span>
    </th>
  );
}

export function noteId(column: Column): string {
  return `about-${column.metric.replace(/[^\w-]/g, '_')}`;
}
