import type { CheckpointKind } from '../generated/graphql.ts';
import styles from './figure.module.css';
import { DOT_SHAPES, kindClass } from './kind.tsx';

/** A figure with its 95% interval; `complete` is false while it is the value so far. */
export type Estimate = { value: number; low: number | null; high: number | null; complete: boolean };

/** Effect sizes beyond this are drawn at the edge. */
const BIAS_EDGE = 2;

/** From 0 to 1: chance tick, interval, dot. The figure beside it says the same, so it is hidden from screen readers. */
export function AccuracyTrack({
  estimate,
  chance,
  kind,
}: {
  estimate: Estimate;
  chance: number | null;
  kind: CheckpointKind | null | undefined;
}) {
  const { value, low, high, complete } = estimate;
  return (
    <svg className={`${styles.track} ${kindClass(kind)}`} aria-hidden="true" width="100%" height="14">
      <line x1="0" x2="100%" y1="7" y2="7" className={styles.rail} />
      {chance !== null && <line x1={at(chance)} x2={at(chance)} y1="1" y2="13" className={styles.chance} />}
      {low !== null && high !== null && (
        <line x1={at(low)} x2={at(high)} y1="7" y2="7" className={complete ? styles.interval : styles.open} />
      )}
      <Dot x={at(value)} kind={kind} complete={complete} />
    </svg>
  );
}

/** Centred on 0; the bar goes right for the first group, left for the second, the paler one is the interval. */
export function BiasTrack({ estimate }: { estimate: Estimate }) {
  const { value, low, high, complete } = estimate;
  const x = onBias(value);
  return (
    <svg
      className={`${styles.track} ${value >= 0 ? styles.towardsX : styles.towardsY}`}
      aria-hidden="true"
      width="100%"
      height="14"
    >
      <line x1="0" x2="100%" y1="7" y2="7" className={styles.rail} />
      <line x1="50%" x2="50%" y1="1" y2="13" className={styles.centre} />
      {low !== null && high !== null && (
        <line x1={onBias(low)} x2={onBias(high)} y1="7" y2="7" className={complete ? styles.interval : styles.open} />
      )}
      <line x1="50%" x2={x} y1="7" y2="7" className={styles.effect} />
      <svg x={x} y="7" overflow="visible" role="presentation">
        <circle r="3.5" className={complete ? styles.dot : styles.hollow} />
      </svg>
    </svg>
  );
}

/**
 * A difference from `-edge` to `edge` with its interval around zero: to the right where the first is better. Without colour
 * where no difference was found.
 */
export function DifferenceTrack({
  difference,
  low,
  high,
  edge,
  isFound,
}: {
  difference: number;
  low: number | null;
  high: number | null;
  edge: number;
  isFound: boolean;
}) {
  const on = (value: number) => at((value / edge + 1) / 2);
  const side = difference > 0 ? styles.towardsX : styles.towardsY;
  return (
    <svg className={`${styles.track} ${isFound ? side : styles.unknown}`} aria-hidden="true" width="100%" height="14">
      <line x1="0" x2="100%" y1="7" y2="7" className={styles.rail} />
      <line x1="50%" x2="50%" y1="0" y2="14" className={styles.centre} />
      {low !== null && high !== null && <line x1={on(low)} x2={on(high)} y1="7" y2="7" className={styles.interval} />}
      <svg x={on(difference)} y="7" overflow="visible" role="presentation">
        <circle r="3.5" className={isFound ? styles.dot : styles.hollow} />
      </svg>
    </svg>
  );
}

function onBias(value: number): string {
  return at((value / BIAS_EDGE + 1) / 2);
}

/** The kind's shape at `x` of the enclosing drawing, on the line y = 7; hollow while incomplete. */
export function Dot({
  x,
  kind,
  complete,
  y = '7',
}: {
  x: string;
  kind: CheckpointKind | null | undefined;
  complete: boolean;
  y?: string;
}) {
  return (
    <svg x={x} y={y} overflow="visible" role="presentation">
      <path d={DOT_SHAPES[kind ?? 'DIFFUSION']} className={complete ? styles.dot : styles.hollow} />
    </svg>
  );
}

/** A fraction of the width as SVG wants it. */
export function at(fraction: number): string {
  return `${(Math.min(1, Math.max(0, fraction)) * 100).toFixed(2)}%`;
}
