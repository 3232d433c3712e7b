import { isBoardProtocol } from '@gdbench/benchmark/protocol';
import Link from 'next/link';
import styles from './board.module.css';

/** Pages beside the lists of the board. */
const BESIDE = [
  { id: 'questions', href: '/questions', title: 'Questions' },
  { id: 'reported', href: '/reported', title: 'Reported in the paper' },
] as const;

/** The address of a list as the board first shows it; null: the board's own. */
export function listHref(protocol: string | null): string {
  return protocol === null ? '/' : `/?protocol=${protocol}`;
}

/**
 * Leads to the board, to the lists of other protocols, to the paper's questions, and to what the paper reports, each an
 * address of its own. `current` is a protocol, null for the board, or the id of a page beside it; `href` gives the address of
 * a list.
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
  const isProtocol = current !== null && BESIDE.every(({ id }) => id !== current);
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
        {BESIDE.map(({ id, href: page, title }) => (
          <Link
            key={id}
            href={page}
            prefetch={false}
            className={styles.list}
            aria-current={current === id ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
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
