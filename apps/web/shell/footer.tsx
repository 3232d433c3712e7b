import type { Pulse } from '../live/active.ts';
import { BoardVersion } from './pulse.tsx';
import styles from './shell.module.css';

export function Footer({ pulse }: { pulse: Pulse | null }) {
  return (
    <footer className={styles.footer}>
      <p>
        Measured by GDBench Leaderboard on the machine that shows this page, by the benchmark of{' '}
        <a href="https://arxiv.org/abs/2305.16397">Krojer et al., NeurIPS 2023</a>. <BoardVersion initial={pulse} />.
      </p>
      <p>Open source, Apache License 2.0.</p>
    </footer>
  );
}
