import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { actorOf } from '../accounts/viewer.ts';
import type { Context, ContextOf } from '../graphql/context.ts';
import { MAX_DOCUMENT_BYTES, MAX_REQUEST_BYTES } from '../graphql/limits.ts';
import { type Logger, logUnexpected } from '../log.ts';
import type { Uploads } from '../upload/uploads.ts';
import { guardOrigin } from './loopback.ts';
import type { Metrics } from './metrics.ts';

interface Options {
  apollo: ApolloServer<Context>;
  contextOf: ContextOf;
  uploads: Pick<Uploads, 'handle'>;
  /** Names under which this API may be addressed. */
  hosts: ReadonlySet<string>;
  /** Why queries and live updates cannot be served at this moment, or nobody takes work; null: all is well. */
  whyNotReady(): Promise<string | null>;
  metrics: Metrics;
  log: Logger;
}

/** A connection that says nothing for so long in the middle of a request is closed. */
const SILENCE_MS = 30_000;
/** The answer to what was asked in full may take longer: a first comparison of large data reads all of them. */
const ANSWER_MS = 120_000;
const UPLOAD_METHODS = new Set(['POST', 'HEAD', 'PATCH', 'OPTIONS']);

/** Everything that is served over HTTP, on one port. */
export function createApp({ apollo, contextOf, uploads, hosts, whyNotReady, metrics, log }: Options): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, _response, next) => {
    // an upload's sender may pause, and the hash of its last byte takes a while; nobody else has a reason to be silent
    request.setTimeout(request.path.startsWith('/uploads') ? 0 : SILENCE_MS);
    next();
  });
  app.use(guardOrigin(hosts));
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const why = await whyNotReady();
    response
      .status(why === null ? 200 : 503)
      .type('text/plain')
      .send(`${why ?? 'ok'}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.all(/^\/uploads(\/[^/]+)?$/, serveUploads(uploads, contextOf));
  app.use(
    '/graphql',
    express.json({ limit: MAX_REQUEST_BYTES }),
    boundDocument,
    (request, _response, next) => {
      request.setTimeout(ANSWER_MS);
      next();
    },
    expressMiddleware(apollo, { context: async ({ req }) => contextOf(req) }),
  );
  app.use((_request, response) => {
    response
      .status(404)
      .type('text/plain')
      .send('There is nothing here: GraphQL is at /graphql, uploads are at /uploads.\n');
  });
  app.use(answerError(log));
  return app;
}

/** Only variables may be long: a manifest is one of them. */
const boundDocument: RequestHandler = (request, response, next) => {
  const document: unknown = request.body?.query;
  if (typeof document !== 'string' || document.length <= MAX_DOCUMENT_BYTES) return next();
  response.status(413).json(badRequest(tooLarge('document', MAX_DOCUMENT_BYTES)));
};

const tooLarge = (what: string, bytes: number): string => `The ${what} is larger than ${bytes / 1024} KB.`;
const badRequest = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });

/** Uploads are created and continued; nobody reads or deletes another's. */
function serveUploads(uploads: Pick<Uploads, 'handle'>, contextOf: ContextOf): RequestHandler {
  return async (request, response) => {
    if (UPLOAD_METHODS.has(request.method))
      return uploads.handle(request, response, actorOf(contextOf(request).viewer));
    response
      .status(405)
      .set('Allow', [...UPLOAD_METHODS].join(', '))
      .type('text/plain')
      .send('Uploads are only written.\n');
  };
}

/** A body that is no JSON or too large is the caller's fault, told in GraphQL's shape; anything else is ours. */
function answerError(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = typeof error?.status === 'number' && error.status < 500 ? error.status : 500;
    const message =
      status === 413
        ? tooLarge('request', MAX_REQUEST_BYTES)
        : status < 500
          ? 'The request cannot be read: send JSON.'
          : `Something went wrong on our side, which the log has as ${logUnexpected(log, error, request.path)}; try again in a moment.`;
    response
      .status(status)
      .json({ errors: [{ message, extensions: { code: status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR' } }] });
  };
}
