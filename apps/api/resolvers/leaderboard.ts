import type { Resolvers } from '../generated/resolvers.ts';
import { badInput } from '../graphql/errors.ts';
import type { LeaderboardParent } from '../graphql/mappers.ts';

const MOST_ROWS = 100;

function rows(first: number): number {
  if (first >= 1 && first <= MOST_ROWS) return first;
  throw badInput(`first is ${first}: ask for 1 to ${MOST_ROWS} rows, and for further ones with after.`);
}

export const leaderboard: Resolvers = {
  Query: {
    leaderboard: (_root, { first, after }, { board }) => board.page(rows(first), after ?? null),
  },
  Subscription: {
    leaderboardChanged: {
      subscribe: (_root, { first }, { live }) => live.leaderboard(rows(first)),
      resolve: (value: LeaderboardParent) => value,
    },
  },
};
