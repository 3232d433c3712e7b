import { GraphQLError, GraphQLScalarType } from 'graphql';
import type { Resolvers } from '../generated/resolvers.ts';

export const dateTime: Resolvers = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: (value) => new Date(value as Date | string).toISOString(),
    parseValue: (value) => {
      const date = new Date(typeof value === 'string' ? value : Number.NaN);
      if (Number.isNaN(date.getTime())) throw new GraphQLError('A DateTime is an ISO 8601 text.');
      return date;
    },
  }),
};
