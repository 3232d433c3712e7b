import { effectSize, intervalMark, percent, pMark } from '@gdbench/benchmark/figures';
import { AccuracyTrack, BiasTrack, type Estimate } from '../figure/track.tsx';
import styles from './board.module.css';
import type { Column } from './columns.ts';
import type { Row } from './order.ts';
import { isActive } from './state.ts';

/** One figure of one checkpoint. `best`: no other can be told to be better. */
export function Cell({ row, column, best }: { row: Row; column: Column; best: boolean }) {
  const value = row.values[column.index];
  if (value == null) return <Absent row={row} column={column} />;
  const complete = row.complete[column.index] ?? false;
  const estimate = {
    value,
    low: row.lows[column.index] ?? null,
    high: row.highs[column.index] ?? null,
    complete,
  };
  const className = `${styles.figure} ${best ? styles.best : ''} ${complete ? '' : styles.soFar}`;
  return (
    <td className={column.ranking ? styles.ranking : undefined}>
      <span className={className}>
        {complete ? null : <span className="hidden">so far </span>}
        {column.bias ? effectSize(value) : percent(value)}
        <small>{column.bias ? biasMark(row, column) : accuracyMark(estimate)}</small>
      </span>
      <span className={styles.trackBox}>
        {column.bias ? (
          <BiasTrack estimate={estimate} />
        ) : (
          <AccuracyTrack estimate={estimate} chance={column.chance} kind={row.checkpoint.kind} />
        )}
      </span>
      {column.sides && value !== 0 && <span className="hidden"> towards {column.sides[value > 0 ? 0 : 1]}</span>}
    </td>
  );
}

function Absent({ row, column }: { row: Row; column: Column }) {
  const waiting = isActive(row.evaluation.state);
  return (
    <td className={column.ranking ? styles.ranking : undefined}>
      {waiting ? (
        <span className={styles.absent}>waiting</span>
      ) : (
        <span className={styles.absent}>
          <span aria-hidden="true">–</span>
          <span className="hidden">not measured</span>
        </span>
      )}
    </td>
  );
}

function accuracyMark({ value, low, high }: Estimate): string {
  return low === null || high === null ? '' : intervalMark(value, low, high);
}

function biasMark(row: Row, column: Column) {
  const p = row.pValues[column.index];
  if (p == null) return '';
  return <span className={p < 0.01 ? styles.star : undefined}>{pMark(p)}</span>;
}
