import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import Link from 'next/link';
import styles from './board.module.css';
import { type Offer, type View, viewHref } from './view.ts';

/** Leads to the lists of other protocols and back; nothing where the board is the only list there is. */
export function Protocols({ view, offer, others }: { view: View; offer: Offer; others: readonly string[] }) {
  const apart = [...new Set([...(view.protocol ? [view.protocol] : []), ...others])]
    .filter((protocol) => !isBoardProtocol(protocol))
    .sort();
  if (apart.length === 0) return null;
  return (
    <>
      <nav className={styles.protocols} aria-label="Protocols">
        {[null, ...apart].map((protocol) => (
          <Link
            key={protocol}
            href={viewHref({ ...view, after: null, protocol }, offer)}
            prefetch={false}
            className={styles.protocol}
            aria-current={view.protocol === protocol ? 'page' : undefined}
          >
            {protocol ?? 'Leaderboard'}
          </Link>
        ))}
      </nav>
      {view.protocol && (
        <p className="muted">
          Scored by {view.protocol}, which measures something else than the leaderboard does: these rows are ranked
          among themselves.
        </p>
      )}
    </>
  );
}
