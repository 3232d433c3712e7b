import { BoardCellsDocument, type BoardPageFragment } from '../generated/graphql.ts';
import { follow } from '../live/socket.ts';
import { applyChange } from './apply-change.ts';
import type { Order } from './view.ts';

/** A page of the board, and the order of which it is a page; null: the board's own. */
export type OrderedPage = { page: BoardPageFragment; order: Order | null };

type Asked = { first: number; protocol: string | null; order: Order | null };

/** Follows the first page of a list, change by change, until the returned function is called. */
export function followPage(
  origin: string,
  { first, protocol, order }: Asked,
  onPage: (next: OrderedPage) => void,
): () => void {
  const variables = { first, protocol, sort: order?.column ?? null, descending: order?.descending ?? true };
  let page: BoardPageFragment | null = null;
  let stop = () => {};
  const start = () => {
    stop = follow(origin, BoardCellsDocument, variables, ({ leaderboardCells: update }) => {
      if (update.__typename === 'Leaderboard') page = update;
      else page = page && applyChange(page, update);
      if (page) return onPage({ page, order });
      // something was missed: begun anew, it begins with the whole page
      stop();
      start();
    });
  };
  start();
  return () => stop();
}
