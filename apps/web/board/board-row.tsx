'use client';

import Link from 'next/link';
import { memo, useEffect, useRef } from 'react';
import { rankRange } from '../figure/format.ts';
import { Glyph } from '../figure/kind.tsx';
import { ProtocolBadge } from '../figure/protocol.tsx';
import { Tile } from '../figure/tile.tsx';
import styles from './board.module.css';
import { Cell } from './cell.tsx';
import type { Column } from './columns.ts';
import { type Row, signature } from './order.ts';
import { editionNote, isActive, progressOf, subline } from './state.ts';

export const BoardRow = memo(function BoardRow({
  row,
  columns,
  best,
}: {
  row: Row;
  columns: readonly Column[];
  /** Aligned with the lists of the row. */
  best: readonly boolean[];
}) {
  const { checkpoint, evaluation } = row;
  const active = isActive(evaluation.state);
  const line = useWash(signature(row));
  const progress = progressOf(evaluation);
  const note = editionNote(row);
  return (
    <tr ref={line} data-active={active}>
      <td className={styles.rank}>
        <Rank row={row} />
      </td>
      <th scope="row" className={styles.name}>
        <div className={styles.identity}>
          <Tile sha256={checkpoint.sha256} progress={progress} kind={checkpoint.kind} />
          <div className={styles.words}>
            <Link href={`/submissions/${evaluation.submissionId}`} prefetch={false} className={styles.title}>
              <Glyph kind={checkpoint.kind} />
              <span className={styles.titleText}>{checkpoint.name}</span>
            </Link>
            <ProtocolBadge protocol={evaluation.protocol} />
            <span className={`${styles.sub} ${evaluation.state === 'SCORING' ? styles.now : ''}`}>{subline(row)}</span>
            {note && <span className={styles.sub}>{note}</span>}
          </div>
        </div>
        {active && (
          <svg className={styles.bar} aria-hidden="true" width="100%" height="2">
            <rect width="100%" height="2" className={styles.barRail} />
            <rect width={`${progress * 100}%`} height="2" className={styles.barDone} />
          </svg>
        )}
      </th>
      {columns.map((column) => (
        <Cell key={column.metric} row={row} column={column} best={best[column.index] ?? false} />
      ))}
    </tr>
  );
});

const isDone = ({ evaluation }: Row) => evaluation.state === 'DONE';

function Rank({ row }: { row: Row }) {
  if (row.rankFirst != null && row.rankLast != null) return <>{rankRange(row.rankFirst, row.rankLast)}</>;
  const why = editionNote(row) && isDone(row) ? 'No rank: its data are not all of an edition that is known' : undefined;
  return (
    <span title={why}>
      <span aria-hidden="true">{isActive(row.evaluation.state) ? '…' : '–'}</span>
      <span className="hidden">{why ?? 'no rank'}</span>
    </span>
  );
}

/** Washes a row for a second after its text changed; not at first. */
function useWash(text: string) {
  const line = useRef<HTMLTableRowElement>(null);
  const before = useRef(text);
  useEffect(() => {
    if (before.current === text) return;
    before.current = text;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    // the variable, not its value of now: the theme may change while the row is washed
    const wash = 'var(--wash)';
    for (const cell of line.current?.cells ?? []) {
      cell.animate([{ backgroundColor: wash, offset: 0 }, { backgroundColor: wash, offset: 0.4 }, {}], {
        duration: 1200,
        easing: still ? 'steps(1)' : 'ease-out',
      });
    }
  }, [text]);
  return line;
}
