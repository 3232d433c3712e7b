import styles from '../../board/skeleton.module.css';

/** The board's frame at its own heights, so that nothing jumps when the rows arrive. */
export default function LoadingBoard() {
  return (
    <>
      <h1>Which models understand what they see?</h1>
      <p className="lead">
        Image-text matching and social bias of generative and discriminative models. Every figure has its 95 % interval,
        its chance level and the one command that re-creates it.
      </p>
      <p role="status" className="hidden">
        Loading the leaderboard
      </p>
      <div className={`panel ${styles.strip}`} />
      <div className={styles.toolbar} />
      <div className={`panel ${styles.board}`} />
    </>
  );
}
