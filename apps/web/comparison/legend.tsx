import { count } from '../figure/format.ts';
import styles from './comparison.module.css';
import { LEVEL } from './findings.ts';

/** How p and intervals came about, and when a difference counts; nothing where nothing was tested. */
export function Legend({ tests }: { tests: number }) {
  if (tests === 0) return null;
  return (
    <p className={styles.legend}>
      p is corrected by Holm for {tests === 1 ? 'one test' : `all ${count(tests)} tests together`}; a difference counts,
      and is bold and coloured, where it is below {LEVEL}. Tests are paired, on the same examples: McNemar’s, exact, or
      a sign-flip test by image where several examples share one. Intervals are 95%, each by itself.
    </p>
  );
}
