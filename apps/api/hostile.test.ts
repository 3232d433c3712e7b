import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../test/support/api.ts';

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi();
});
afterAll(() => test.close());

/** Posts any body, also one that no client of ours would send. */
async function post(body: string, headers: Record<string, string> = {}) {
  const { status, text } = await fetch(`${test.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }).then(async (response) => ({ status: response.status, text: await response.text() }));
  const answer: { data?: unknown; errors?: { message: string; extensions: { code: string } }[] } = text.startsWith('{')
    ? JSON.parse(text)
    : {};
  return { status, text, body: answer };
}
const ask = (query: string) => post(JSON.stringify({ query }));

describe('hostile and broken requests', () => {
  it.each([
    ['no JSON', '{"query":', 400],
    ['no query', '{}', 400],
    ['a list of queries', '[{"query":"{ tasks { name } }"}]', 400],
    ['a syntax fault', JSON.stringify({ query: '{ leaderboard( }' }), 400],
    ['an unknown field', JSON.stringify({ query: '{ passwords }' }), 400],
    [
      'a variable of the wrong type',
      JSON.stringify({ query: 'query ($f: Int) { leaderboard(first: $f) { total } }', variables: { f: 'x' } }),
      400,
    ],
    ['a body that is too large', JSON.stringify({ query: `{ tasks { name } } # ${'x'.repeat(300_000)}` }), 413],
    ['too many words', JSON.stringify({ query: `{ ${'tasks { name } '.repeat(2_000)} }` }), 400],
    [
      'too many aliases',
      JSON.stringify({ query: `{ ${Array.from({ length: 40 }, (_, i) => `a${i}: tasks { name }`).join(' ')} }` }),
      400,
    ],
    [
      'too many levels',
      JSON.stringify({ query: `{ __type(name: "Query") ${'{ ofType '.repeat(14)} { name } ${'}'.repeat(14)} }` }),
      400,
    ],
    [
      'fragments that call each other',
      JSON.stringify({ query: 'query { tasks { ...a } } fragment a on Task { ...b } fragment b on Task { ...a }' }),
      400,
    ],
  ])('answers %s with an error and nothing of its own inside', async (_name, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.length).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/node_modules|\.ts:|stack/);
  });

  it('refuses what a foreign page or a foreign name can send', async () => {
    const query = JSON.stringify({ query: '{ tasks { name } }' });
    expect((await post(query, { origin: 'https://evil.example' })).status).toBe(403);
    // a simple request, which a browser sends without asking first
    expect((await post(query, { 'content-type': 'text/plain' })).status).not.toBe(200);
    const get = await fetch(`${test.url}/graphql?query=${encodeURIComponent('{ tasks { name } }')}`);
    expect(get.status).toBe(400);
  });

  it('lets pages of this machine read its answers', async () => {
    const origin = 'http://localhost:3000';
    const response = await fetch(`${test.url}/graphql`, { method: 'OPTIONS', headers: { origin } });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    const schema = await post(JSON.stringify({ query: '{ __schema { queryType { name } } }' }), { origin });
    expect(schema.body.data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  it('masks a fault of ours: one sentence, and the log has the rest under its id', async () => {
    await test.db.pool.query('ALTER TABLE "CheckpointFile" RENAME TO "Away"');
    const { body, text } = await ask('{ evaluation(id: "01890000-0000-7000-8000-000000000000") { id } }').finally(() =>
      test.db.pool.query('ALTER TABLE "Away" RENAME TO "CheckpointFile"'),
    );
    const error = body.errors?.[0] as { message: string; extensions: { code: string; logId: string } };
    expect(error.message).toMatch(/Something went wrong on our side, which the log has as [0-9a-f]{8}; try again/);
    expect(text).not.toMatch(/CheckpointFile|relation|SELECT/);
    const line = test.log.find(({ logId }) => logId === error.extensions.logId);
    expect(JSON.stringify(line)).toMatch(/CheckpointFile/);
  });

  it('serves nothing else', async () => {
    for (const path of ['/', '/graphql/../etc', '/uploads/a/b', '/metrics/x'])
      expect((await fetch(`${test.url}${path}`)).status).toBe(404);
  });
});
