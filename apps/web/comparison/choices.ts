import { ComparableRowsDocument } from '../generated/graphql.ts';
import { request } from '../server/request.ts';
import type { Choice } from './chooser.tsx';

/** What can be compared: the finished rows among the first hundred of the board and of each protocol's own list. */
export async function comparable(): Promise<Choice[]> {
  const board = await rowsOf(null);
  const others = await Promise.all(board.otherProtocols.map(rowsOf));
  return [board, ...others].flatMap(({ list, sides }) => (sides.length > 0 ? [{ list, sides }] : []));
}

async function rowsOf(protocol: string | null) {
  const { leaderboard } = await request(ComparableRowsDocument, { protocol });
  const sides = leaderboard.edges.flatMap(({ node }) => (node.evaluation.state === 'DONE' ? [node.evaluation] : []));
  return { list: protocol ?? 'Leaderboard', sides, otherProtocols: leaderboard.otherProtocols };
}
