import { isTransient } from '@gdbench/prisma/retry';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type Logger, logUnexpected } from '../log.ts';

/** A request that asks for something that cannot be, e.g. 0 rows; the message goes to the caller as it is. */
export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** A request that would be served at another time. */
export function busy(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'SERVICE_UNAVAILABLE' } });
}

/**
 * What a caller sees of an error. Errors of the GraphQL layer itself (syntax, unknown fields, our own `badInput`) speak
 * to the caller; anything else is a fault of ours, stands in the log in full, and shows as one sentence with the log's id.
 */
export function createMask(log: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = rootCause(error);
    if (cause === null) return withoutTrace(formatted);
    const place = {
      ...(formatted.locations ? { locations: formatted.locations } : {}),
      ...(formatted.path ? { path: formatted.path } : {}),
    };
    if (isTransient(cause))
      return {
        message: 'The database does not answer just now; try again in a moment.',
        ...place,
        extensions: { code: 'SERVICE_UNAVAILABLE' },
      };
    const logId = logUnexpected(log, cause, formatted.path?.join('.') ?? 'graphql');
    return {
      message: `Something went wrong on our side, which the log has as ${logId}; try again in a moment.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', logId },
    };
  };
}

export type Mask = ReturnType<typeof createMask>;

/** The error that was not meant for the caller, or null. */
function rootCause(error: unknown): unknown {
  if (!(error instanceof GraphQLError)) return error;
  return error.originalError ? rootCause(error.originalError) : null;
}

function withoutTrace({ extensions, ...rest }: GraphQLFormattedError): GraphQLFormattedError {
  if (!extensions) return rest;
  const { stacktrace: _, ...kept } = extensions;
  return { ...rest, extensions: kept };
}
