import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import Link from 'next/link';
import styles from './board.module.css';

/** Where the reported figures stand. */
export const REPORTED_HREF = '/reported';

/**
 * Leads to the board, to the lists of other protocols, and to what the paper reports, each an address of its own. `current`
 * is a protocol, null for the board, or "reported"; `href` gives the address of a list.
 */
export function Lists({
  current,
  others,
  href,
}: {
  current: string | null;
  others: readonly string[];
  href: (protocol: string | null) => string;
}) {
  const isProtocol = current !== null && current !== 'reported';
  const apart = [...new Set([...(isProtocol ? [current] : []), ...others])]
    .filter((protocol) => !isBoardProtocol(protocol))
    .sort();
  return (
    <>
      <nav className={styles.lists} aria-label="Lists">
        {[null, ...apart].map((protocol) => (
          <Link
            key={protocol}
            href={href(protocol)}
            prefetch={false}
            className={styles.list}
            aria-current={current === protocol ? 'page' : undefined}
          >
            {protocol ?? 'Measured'}
          </Link>
        ))}
        <Link
          href={REPORTED_HREF}
          prefetch={false}
          className={styles.list}
          aria-current={current === 'reported' ? 'page' : undefined}
        >
          Reported in the paper
        </Link>
      </nav>
      {isProtocol && (
        <p className="muted">
          Scored by {current}, which measures something else than the leaderboard does: these rows are ranked among
          themselves.
        </p>
      )}
    </>
  );
}
