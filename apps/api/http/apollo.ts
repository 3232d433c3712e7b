import type { Server } from 'node:http';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../graphql/context.ts';
import type { Mask } from '../graphql/errors.ts';
import { LIMIT_RULES, PARSE_OPTIONS } from '../graphql/limits.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from './metrics.ts';

/** Milliseconds that requests under way get to finish at shutdown; an upload that is cut off can go on later. */
const DRAIN_MS = 5_000;

interface Options {
  schema: GraphQLSchema;
  httpServer: Server;
  mask: Mask;
  metrics: Metrics;
  log: Logger;
}

/** GraphQL over HTTP, with everything off that is not used. */
export function createApollo({ schema, httpServer, mask, metrics, log }: Options): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSE_OPTIONS,
    validationRules: LIMIT_RULES,
    maxRecursiveSelections: true,
    formatError: mask,
    logger: log,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: DRAIN_MS }),
      {
        async requestDidStart() {
          const end = metrics.requestSeconds.startTimer();
          return {
            async willSendResponse({ operation, response }) {
              const failed = response.body.kind === 'single' && response.body.singleResult.errors !== undefined;
              end({ operation: operation?.operation ?? 'none', outcome: failed ? 'error' : 'ok' });
            },
          };
        },
      },
    ],
  });
}
