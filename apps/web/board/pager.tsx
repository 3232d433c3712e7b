import Link from 'next/link';
import type { BoardPageFragment } from '../generated/graphql.ts';
import styles from './board.module.css';
import { type Offer, type View, viewHref } from './view.ts';

export function Pager({
  board,
  view,
  offer,
  sortedPage,
}: {
  board: BoardPageFragment;
  view: View;
  offer: Offer;
  sortedPage: boolean;
}) {
  const { hasNextPage, endCursor } = board.pageInfo;
  if (!hasNextPage && view.after === null) return null;
  return (
    <nav className={styles.pager} aria-label="Pages">
      {view.after !== null && <Link href={viewHref({ ...view, after: null }, offer)}>First page</Link>}
      {hasNextPage && endCursor && <Link href={viewHref({ ...view, after: endCursor }, offer)}>Next page</Link>}
      <span className="muted">
        {board.edges.length} of {board.total} checkpoints
        {sortedPage && ', sorted within this page'}
      </span>
    </nav>
  );
}
