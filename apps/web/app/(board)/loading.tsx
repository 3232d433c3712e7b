import { Introduction } from '../../board/introduction.tsx';
import styles from '../../board/skeleton.module.css';

/** The board's frame at its own heights, so that nothing jumps when the rows arrive. */
export default function LoadingBoard() {
  return (
    <>
      <Introduction />
      <p role="status" className="hidden">
        Loading the leaderboard
      </p>
      <div className={styles.lists} />
      <div className={`panel ${styles.strip}`} />
      <div className={styles.toolbar} />
      <div className={`panel ${styles.board}`} />
    </>
  );
}
