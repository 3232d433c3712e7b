import type { Resolvers } from '../generated/resolvers.ts';

export const dataSet: Resolvers = {
  Query: {
    dataSet: (_root, _args, { services: { data } }) => data.identity(),
  },
};
