import { isProtocol, PROTOCOLS } from '@gdbench/benchmark/protocol';
import { otherDataOf } from '../benchmark/other-data.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { badInput } from '../graphql/errors.ts';
import type { LeaderboardParent } from '../graphql/mappers.ts';

const MOST_ROWS = 100;

function rows(first: number): number {
  if (first >= 1 && first <= MOST_ROWS) return first;
  throw badInput(`first is ${first}: ask for 1 to ${MOST_ROWS} rows, and for further ones with after.`);
}

/** Null: the board's own protocols. */
function one(protocol: string | null | undefined): string | null {
  if (protocol == null || isProtocol(protocol)) return protocol ?? null;
  throw badInput(`protocol is "${protocol.slice(0, 60)}": give one of ${PROTOCOLS.join(', ')}.`);
}

export const leaderboard: Resolvers = {
  Query: {
    leaderboard: (_root, { first, after, protocol }, { board }) =>
      board.page(rows(first), after ?? null, one(protocol)),
  },
  LeaderboardRow: {
    otherData: async ({ evaluation }, _args, { data }) => otherDataOf((await evaluation.detail()).tasks, data),
    notWhole: async ({ evaluation }) =>
      (await evaluation.detail()).tasks.flatMap(({ task, edition }) =>
        edition && edition.state !== 'WHOLE' ? [task] : [],
      ),
  },
  Subscription: {
    leaderboardChanged: {
      subscribe: (_root, { first, protocol }, { live }) => live.leaderboard(rows(first), one(protocol)),
      resolve: (value: LeaderboardParent) => value,
    },
  },
};
