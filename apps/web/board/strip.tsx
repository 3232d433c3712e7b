import { effectSize, percent } from '@gdbench/benchmark/figures';
import { kindClass } from '../figure/kind.tsx';
import { at, Dot } from '../figure/track.tsx';
import styles from './board.module.css';
import type { Column } from './columns.ts';
import type { Row } from './order.ts';
import { accuracyScale, biasScale, placeOn, type Scale } from './scale.ts';
import { isActive } from './state.ts';

/** More lanes than this are no chart any more; the table has them all. */
const MOST_LANES = 14;

/** The chosen column as a chart: a lane a checkpoint, its interval, chance as a dashed line, the label on the line. */
export function Strip({ rows, column }: { rows: readonly Row[]; column: Column }) {
  const measured = rows.filter(
    (row) => row.values[column.index] != null && (row.complete[column.index] || isActive(row.evaluation.state)),
  );
  const lanes = measured.slice(0, MOST_LANES);
  const scale = scaleOf(lanes, column);
  const zero = column.bias ? 0 : column.chance;
  return (
    <figure className={`panel ${styles.strip}`} aria-label={`Chart: ${heading(column)}`}>
      <figcaption>
        <span className={styles.group}>{column.group}</span>
        <h2>
          {column.title} <span>{column.label}</span>
        </h2>
        <span className="muted">{legend(column)}</span>
      </figcaption>
      {lanes.length === 0 ? (
        <p className={styles.noLanes}>No checkpoint has a figure here yet.</p>
      ) : (
        <div className={styles.plot} aria-hidden="true">
          {zero !== null && <ZeroLine at={placeOn(scale, zero)} label={column.bias ? 'no difference' : 'chance'} />}
          {lanes.map((row) => (
            <Lane key={row.evaluation.id} row={row} column={column} scale={scale} />
          ))}
          <Axis scale={scale} bias={column.bias} />
        </div>
      )}
      {measured.length > lanes.length && (
        <p className={styles.more}>
          The first {lanes.length} of {measured.length}; the table has all.
        </p>
      )}
    </figure>
  );
}

function Lane({ row, column, scale }: { row: Row; column: Column; scale: Scale }) {
  const value = row.values[column.index] ?? 0;
  const low = row.lows[column.index] ?? value;
  const high = row.highs[column.index] ?? value;
  const complete = row.complete[column.index] ?? false;
  const from = placeOn(scale, column.bias ? Math.min(low, 0) : low);
  const to = placeOn(scale, column.bias ? Math.max(high, 0) : high);
  const colour = column.bias ? (value >= 0 ? styles.towardsX : styles.towardsY) : kindClass(row.checkpoint.kind);
  const figure = `${complete ? '' : 'so far '}${column.bias ? effectSize(value) : percent(value)}`;
  // the label goes where there is room: right of the interval, or left of it near the right edge
  const left = to > 0.72;
  return (
    <div className={`${styles.lane} ${colour}`} data-complete={complete}>
      <p className={styles.laneAbove}>
        <span>
          <b>{row.checkpoint.name}</b> {figure}
        </span>
      </p>
      <svg width="100%" height="26" role="presentation">
        <line
          x1={at(placeOn(scale, low))}
          x2={at(placeOn(scale, high))}
          y1="13"
          y2="13"
          className={complete ? styles.laneInterval : styles.laneOpen}
        />
        {column.bias && (
          <line
            x1={at(placeOn(scale, 0))}
            x2={at(placeOn(scale, value))}
            y1="13"
            y2="13"
            className={styles.laneEffect}
          />
        )}
        <Dot x={at(placeOn(scale, value))} y="13" kind={row.checkpoint.kind} complete={complete} />
        <text
          x={at(left ? from : to)}
          dx={left ? -12 : 12}
          y="17.5"
          textAnchor={left ? 'end' : 'start'}
          className={styles.laneLabel}
        >
          {shortened(row.checkpoint.name)} <tspan>{figure}</tspan>
        </text>
      </svg>
    </div>
  );
}

/** A name longer than a label has room for; the table has the whole. */
function shortened(name: string): string {
  return name.length > 34 ? `${name.slice(0, 32)}…` : name;
}

function ZeroLine({ at: fraction, label }: { at: number; label: string }) {
  const left = fraction > 0.85;
  return (
    <svg className={styles.zero} width="100%" height="100%" role="presentation">
      <line x1={at(fraction)} x2={at(fraction)} y1="4" y2="100%" />
      <text x={at(fraction)} dx={left ? -7 : 7} y="14" textAnchor={left ? 'end' : 'start'}>
        {label}
      </text>
    </svg>
  );
}

function Axis({ scale, bias }: { scale: Scale; bias: boolean }) {
  return (
    <svg className={styles.axis} width="100%" height="30" role="presentation">
      <line x1="0" x2="100%" y1=".5" y2=".5" />
      {scale.ticks.map((tick) => {
        const fraction = placeOn(scale, tick);
        const anchor = fraction < 0.02 ? 'start' : fraction > 0.98 ? 'end' : 'middle';
        return (
          <g key={tick}>
            <line x1={at(fraction)} x2={at(fraction)} y1="0" y2="5" />
            <text x={at(fraction)} y="22" textAnchor={anchor}>
              {bias ? effectSize(tick).replace('.00', '').replace('.50', '.5') : `${Math.round(tick * 100)}%`}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function scaleOf(rows: readonly Row[], column: Column): Scale {
  const ends = rows.flatMap(({ values, lows, highs }) =>
    [values, lows, highs].flatMap((list) => list[column.index] ?? []),
  );
  return column.bias ? biasScale(ends) : accuracyScale(ends, column.chance);
}

function heading({ title, label, group }: Column): string {
  return `${group}, ${title}, ${label}`;
}

function legend({ bias, sides }: Column): string {
  if (!bias) return 'one mark a checkpoint · bar = 95% interval · dashed = chance';
  const ends = sides ? `right: towards ${sides[0]} · left: towards ${sides[1]} · ` : '';
  return `${ends}bar = 95% interval`;
}
