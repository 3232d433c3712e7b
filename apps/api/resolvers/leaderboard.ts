import { otherDataOf } from '../benchmark/other-data.ts';
import { listOf } from '../board/list.ts';
import type { Resolvers } from '../generated/resolvers.ts';
import { badInput } from '../graphql/errors.ts';
import type { LeaderboardParent } from '../graphql/mappers.ts';
import { type LeaderboardUpdateParent, updatesOf } from '../live/updates.ts';
import { measurementsOf } from './board.ts';

const MOST_ROWS = 100;

function rows(first: number): number {
  if (first >= 1 && first <= MOST_ROWS) return first;
  throw badInput(`first is ${first}: ask for 1 to ${MOST_ROWS} rows, and for further ones with after.`);
}

export const leaderboard: Resolvers = {
  Query: {
    leaderboard: (_root, { first, after, ...list }, { services: { board } }) =>
      board.page(rows(first), after ?? null, listOf(list)),
  },
  Leaderboard: {
    async board({ boardId }, _args, { services: { boards } }) {
      const board = (await boards.all()).find(({ id }) => id === boardId);
      if (!board) throw new Error(`The board ${boardId} is gone.`);
      return board;
    },
    async measurement({ boardId, measurementId }, _args, { services: { boards } }) {
      const board = (await boards.all()).find(({ id }) => id === boardId);
      return (board && measurementsOf(board).find(({ id }) => id === measurementId)) ?? null;
    },
  },
  LeaderboardRow: {
    otherData: async ({ evaluation }, _args, { services: { data } }) =>
      otherDataOf((await evaluation.detail()).tasks, data),
    notWhole: async ({ evaluation }) =>
      (await evaluation.detail()).tasks.flatMap(({ task, edition }) =>
        edition && edition.state !== 'WHOLE' ? [task] : [],
      ),
  },
  Subscription: {
    leaderboardChanged: {
      subscribe: (_root, { first, ...list }, { services: { live } }) => live.leaderboard(rows(first), listOf(list)),
      resolve: (value: LeaderboardParent) => value,
    },
    leaderboardCells: {
      subscribe: (_root, { first, ...list }, { services: { live } }) =>
        updatesOf(live.leaderboard(rows(first), listOf(list))),
      resolve: (value: LeaderboardUpdateParent) => value,
    },
  },
};
