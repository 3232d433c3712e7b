import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask } from '@gdbench/schema/ask';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelEvaluationDocument, SubmitCheckpointDocument } from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { newSubmission, submitStored } from '../../../test/support/evaluation.ts';
import { openSocket } from '../../../test/support/socket.ts';
import type { Context, ContextOf, Services } from '../graphql/context.ts';
import { createMask } from '../graphql/errors.ts';
import { createApollo } from '../http/apollo.ts';
import { createApp } from '../http/app.ts';
import { createMetrics } from '../http/metrics.ts';
import { openSockets } from '../http/sockets.ts';
import { type Viewer, viewerOf } from './viewer.ts';

const QUERY = { query: '{ viewer }' };

/** HTTP and sockets as the API has them, before a schema that tells which of the viewers made so far asks. */
async function listening() {
  const made: Viewer[] = [];
  const contextOf: ContextOf = (request) => {
    const viewer = viewerOf(request);
    made.push(viewer);
    return { services: {} as Services, viewer };
  };
  const schema = makeExecutableSchema<Context>({
    typeDefs: 'type Query { viewer: Int! }',
    resolvers: { Query: { viewer: (_root, _args, context) => made.indexOf(context.viewer) } },
  });
  const [httpServer, metrics, log] = [createServer(), createMetrics(), pino({ level: 'silent' })];
  const mask = createMask(log);
  const apollo = createApollo({ schema, httpServer, mask, metrics, log });
  await apollo.start();
  const senders: string[] = [];
  const uploads = {
    handle: async (_request: unknown, response: { end(): void }, actor: string) => {
      senders.push(actor);
      response.end();
    },
  };
  const hosts = new Set(['127.0.0.1']);
  httpServer.on(
    'request',
    createApp({ apollo, contextOf, uploads, hosts, whyNotReady: async () => null, metrics, log }),
  );
  const sockets = openSockets({ httpServer, schema, contextOf, mask, metrics, log, hosts });
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
  const close = async () => {
    await sockets.close();
    await apollo.stop();
  };
  return { url, made, senders, close };
}

describe('a viewer', () => {
  it('is made for each request, and for each socket once, whatever runs over it', async () => {
    const { url, made, senders, close } = await listening();
    const headers = { 'content-type': 'application/json' };
    const post = () => fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(QUERY) });
    for (const viewer of [0, 1]) expect(await (await post()).json()).toEqual({ data: { viewer } });
    for (const viewer of [2, 3]) {
      const socket = await openSocket(url);
      for (const id of ['first', 'second']) {
        socket.send({ id, type: 'subscribe', payload: QUERY });
        expect(await socket.next(id)).toMatchObject({ type: 'next', payload: { data: { viewer } } });
      }
      await socket.close();
    }
    await fetch(`${url}/uploads/some`, { method: 'HEAD' });
    expect(made).toEqual(Array.from({ length: 5 }, () => ({ kind: 'ANONYMOUS' })));
    expect(senders).toEqual(['anonymous']);
    await close();
  });
});

describe('what a viewer changes says so', () => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi();
  });
  afterAll(() => test.close());

  const whoOf = async (id: string) => {
    const row = await test.db.prisma.evaluation.findUniqueOrThrow({ where: { id }, include: { submission: true } });
    return { state: row.state, stateBy: row.stateBy, submitter: row.submission.submitter };
  };

  it('over HTTP', async () => {
    const { name, files } = newSubmission();
    const { submitCheckpoint } = await ask(test.url, SubmitCheckpointDocument, { input: { name, files } });
    if (submitCheckpoint.__typename !== 'SubmitCheckpointSuccess') throw new Error(submitCheckpoint.__typename);
    const { id } = submitCheckpoint.submission.evaluation;
    expect(await whoOf(id)).toEqual({ state: 'WAITING', stateBy: 'anonymous', submitter: 'anonymous' });
    await ask(test.url, CancelEvaluationDocument, { id });
    expect(await whoOf(id)).toEqual({ state: 'CANCELLED', stateBy: 'anonymous', submitter: 'anonymous' });
  });

  it('over a socket', async () => {
    const { evaluationId: id } = await submitStored(test.db);
    const socket = await openSocket(test.url);
    const cancelled = await socket.subscribe(CancelEvaluationDocument, { id }).data();
    expect(cancelled.cancelEvaluation.__typename).toBe('CancelEvaluationSuccess');
    await socket.close();
    expect(await whoOf(id)).toEqual({ state: 'CANCELLED', stateBy: 'anonymous', submitter: 'anonymous' });
  });
});
