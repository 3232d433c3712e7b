import Link from 'next/link';
import { LivenessNote } from '../live/liveness.tsx';
import styles from './board.module.css';

/** No row yet: the tracks stand empty, and the page says how the first one comes. */
export function EmptyBoard() {
  return (
    <>
      <LivenessNote />
      <section className={`panel ${styles.empty}`} aria-label="Leaderboard">
        <svg aria-hidden="true" viewBox="0 0 240 72">
          {[12, 36, 60].map((y) => (
            <g key={y}>
              <line x1="0" x2="240" y1={y} y2={y} />
              <line x1="120" x2="120" y1={y - 7} y2={y + 7} className={styles.emptyChance} />
              <circle cx={100 + y} cy={y} r="5" />
            </g>
          ))}
        </svg>
        <h2>Nothing is measured yet</h2>
        <p>Submit a checkpoint, and its row appears here at once and fills while it is scored. No reload is needed.</p>
        <Link href="/submit" className="button primary">
          Submit a checkpoint
        </Link>
      </section>
    </>
  );
}
