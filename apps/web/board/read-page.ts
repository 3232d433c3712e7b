import { BoardDocument, type BoardPageFragment } from '../generated/graphql.ts';
import { ApiRefused, request } from '../server/request.ts';
import type { OrderedPage } from './follow-page.ts';
import type { Order } from './view.ts';

/** Rows a page; the API gives at most a hundred. */
export const PAGE_SIZE = 50;

type Asked = { after: string | null; protocol: string | null; order: Order | null };

/**
 * The page that an address asks for. The rows of a list with one page come in the board's own order, which decides what another
 * leaves open. Where a page of another order or a column that is gone is asked for, it is the first page.
 */
export async function readPage(asked: Asked): Promise<OrderedPage & { after: string | null }> {
  const { after, protocol, order } = asked;
  if (after !== null)
    try {
      return { page: await read(asked), order, after };
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
    }
  const page = await read({ protocol, after: null, order: null });
  const isSorted = order !== null && page.pageInfo.hasNextPage && page.metrics.includes(order.column);
  if (!isSorted) return { page, order: null, after: null };
  return { page: await read({ protocol, after: null, order }), order, after: null };
}

async function read({ after, protocol, order }: Asked): Promise<BoardPageFragment> {
  const sort = { sort: order?.column ?? null, descending: order?.descending ?? true };
  return (await request(BoardDocument, { first: PAGE_SIZE, after, protocol, ...sort })).leaderboard;
}
