import { readSdl } from '@gdbench/schema/sdl';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { board } from '../resolvers/board.ts';
import { checkpoint } from '../resolvers/checkpoint.ts';
import { comparison } from '../resolvers/comparison.ts';
import { dataSet } from '../resolvers/data-set.ts';
import { dateTime } from '../resolvers/date-time.ts';
import { evaluation } from '../resolvers/evaluation.ts';
import { leaderboard } from '../resolvers/leaderboard.ts';
import { service } from '../resolvers/service.ts';
import { submission } from '../resolvers/submission.ts';
import { submitCheckpoint } from '../resolvers/submit-checkpoint.ts';
import { task } from '../resolvers/task.ts';
import type { Context } from './context.ts';

/** The contract of schema/ with the code behind it; throws when a resolver has no place in the contract. */
export function createSchema(): GraphQLSchema {
  return makeExecutableSchema<Context>({
    typeDefs: readSdl(),
    resolvers: [
      dateTime,
      board,
      checkpoint,
      comparison,
      dataSet,
      evaluation,
      leaderboard,
      service,
      submission,
      submitCheckpoint,
      task,
    ],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
