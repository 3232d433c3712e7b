import styles from './shell.module.css';

/** Noise on the left that has cleared into a figure on the right: opacity by place, three shades. */
const SHADES = [
  {
    opacity: 0.25,
    d: 'M0 0h3.4v3.4H0zM12 0h3.4v3.4H12zM8 4h3.4v3.4H8zM16 4h3.4v3.4H16zM4 8h3.4v3.4H4zM0 12h3.4v3.4H0zM16 12h3.4v3.4H16zM12 16h3.4v3.4H12z',
  },
  {
    opacity: 0.6,
    d: 'M8 0h3.4v3.4H8zM4 4h3.4v3.4H4zM0 8h3.4v3.4H0zM4 12h3.4v3.4H4zM8 12h3.4v3.4H8zM0 16h3.4v3.4H0zM8 16h3.4v3.4H8z',
  },
  { opacity: 1, d: 'M12 4h3.4v3.4H12zM8 8h3.4v3.4H8zM12 8h3.4v3.4H12zM16 8h3.4v3.4H16zM12 12h3.4v3.4H12z' },
];

export function Logo() {
  return (
    <svg className={styles.logo} viewBox="0 0 19.4 19.4" aria-hidden="true">
      {SHADES.map(({ opacity, d }) => (
        <path key={opacity} opacity={opacity} d={d} />
      ))}
    </svg>
  );
}
