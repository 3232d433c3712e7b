import styles from './shell.module.css';

/** Noise on the left that has cleared into a figure on the right. */
const PIXELS = [
  [0.35, 0.1, 0.6, 0.25, 0.2],
  [0.15, 0.7, 0.3, 0.95, 0.3],
  [0.6, 0.25, 0.85, 1, 1],
  [0.1, 0.5, 0.45, 0.95, 0.3],
  [0.4, 0.15, 0.5, 0.2, 0.1],
] as const;

export function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 20 20" aria-hidden="true">
      {PIXELS.flatMap((row, y) =>
        row.map((opacity, x) => (
          <rect key={`${x} ${y}`} x={x * 4} y={y * 4} width="3.4" height="3.4" rx=".7" opacity={opacity} />
        )),
      )}
    </svg>
  );
}
