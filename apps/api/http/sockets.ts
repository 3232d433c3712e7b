import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context, ContextOf } from '../graphql/context.ts';
import type { Mask } from '../graphql/errors.ts';
import { LIMIT_RULES, MAX_DOCUMENT_BYTES, MAX_OPERATIONS_PER_SOCKET, PARSE_OPTIONS } from '../graphql/limits.ts';
import type { Logger } from '../log.ts';
import { refusal } from './loopback.ts';
import type { Metrics } from './metrics.ts';
import { type Subscription, sharedAnswers } from './shared-answers.ts';

interface Options {
  httpServer: Server;
  schema: GraphQLSchema;
  contextOf: ContextOf;
  mask: Mask;
  metrics: Metrics;
  log: Logger;
  /** Names under which this API may be addressed. */
  hosts: ReadonlySet<string>;
}

const RULES = [...specifiedRules, ...LIMIT_RULES];

/** GraphQL over WebSocket (protocol graphql-transport-ws) at /graphql, under the same limits as over HTTP. */
export function openSockets(options: Options): { close(): Promise<void> } {
  const { httpServer, schema, contextOf, mask, metrics, log, hosts } = options;
  const subscribe = sharedAnswers({ mask, metrics });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_DOCUMENT_BYTES });
  const contexts = new WeakMap<IncomingMessage, Context>();
  const server = useServer(
    {
      onConnect({ extra }) {
        contexts.set(extra.request, contextOf(extra.request));
      },
      onSubscribe({ subscriptions, extra }, id, payload) {
        if (Object.keys(subscriptions).length > MAX_OPERATIONS_PER_SOCKET)
          return [
            new GraphQLError(`One socket may have ${MAX_OPERATIONS_PER_SOCKET} operations under way: end some first.`),
          ];
        const context = contexts.get(extra.request);
        if (!context) throw new Error('An operation came before its socket was opened.');
        const operation = prepare(schema, payload, context);
        if (!('document' in operation)) return operation;
        const { query, operationName, variables } = payload;
        return {
          ...operation,
          alike: JSON.stringify([context.viewer, query, operationName, variables]),
          async answer(text: string) {
            if (id in subscriptions)
              await send(extra.socket, `{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`);
          },
        };
      },
      subscribe: (operation) => subscribe(operation as Subscription),
      onOperation: () => metrics.subscriptions.inc(),
      onComplete: () => metrics.subscriptions.dec(),
      onNext(_context, _id, _payload, _args, { data, errors }) {
        if (errors) return { data: data ?? null, errors: errors.map((error) => mask(error.toJSON(), error)) };
      },
      onError: (_context, _id, _payload, errors) => errors.map((error) => mask(error.toJSON(), error)),
      isProd: true,
    },
    sockets,
    12_000,
  );
  // after graphql-ws's own listener, which would print the stack of every message that breaks the protocol
  sockets.on('connection', (socket) => {
    socket.removeAllListeners('error');
    socket.on('error', (error) => log.warn({ reason: error.message }, 'a socket broke the protocol and is closed'));
    metrics.sockets.inc();
    socket.on('close', () => metrics.sockets.dec());
  });
  httpServer.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = request.url?.split('?')[0];
    if (path !== '/graphql') return reject(socket, '404 Not Found', 'Subscriptions are at /graphql.');
    const reason = refusal(request.headers, hosts);
    if (reason !== null) return reject(socket, '403 Forbidden', reason);
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  });
  return { close: async () => server.dispose() };
}

/** Resolves when the text has gone out, or its reader has left. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    socket.send(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Parses and validates an operation; a fault of the document comes back as errors and leaves the socket open. */
function prepare(
  schema: GraphQLSchema,
  { query, operationName, variables }: SubscribePayload,
  contextValue: Context,
): ExecutionArgs | readonly GraphQLError[] {
  let document: DocumentNode;
  try {
    document = parse(query, PARSE_OPTIONS);
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError('The query cannot be read.')];
  }
  const errors = validate(schema, document, RULES);
  if (errors.length > 0) return errors;
  return { schema, document, operationName: operationName ?? null, variableValues: variables ?? null, contextValue };
}

function reject(socket: Duplex, status: string, sentence: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${sentence}\n`);
}
