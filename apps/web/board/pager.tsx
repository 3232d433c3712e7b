import Link from 'next/link';
import type { BoardPageFragment } from '../generated/graphql.ts';
import styles from './board.module.css';
import { type Offer, type View, viewHref } from './view.ts';

export function Pager({
  board,
  view,
  offer,
  isOrdered,
}: {
  board: BoardPageFragment;
  view: View;
  offer: Offer;
  /** False: the rows of this page alone are in the order that is asked for, and no page follows in it. */
  isOrdered: boolean;
}) {
  const { hasNextPage, endCursor } = board.pageInfo;
  if (!hasNextPage && view.after === null) return null;
  return (
    <nav className={styles.pager} aria-label="Pages">
      {view.after !== null && <Link href={viewHref({ ...view, after: null }, offer)}>First page</Link>}
      {isOrdered && hasNextPage && endCursor && (
        <Link href={viewHref({ ...view, after: endCursor }, offer)}>Next page</Link>
      )}
      <span className="muted">
        {board.edges.length} of {board.total} checkpoints
        {!isOrdered && ', sorted within this page'}
      </span>
    </nav>
  );
}
