import { ask } from '@gdbench/schema/ask';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BoardSortedDocument, type BoardSortedQueryVariables } from '../../../test/generated/graphql.ts';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { acceptAs, finishAs, scoreNext, submitStored } from '../../../test/support/evaluation.ts';

describe('sorting', () => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi();
    for (const [name, average] of Object.entries({ low: 0.25, high: 0.75, middle: 0.5 }))
      await finishAs(test.db, name, average);
    const { evaluationId } = await submitStored(test.db, 'so far');
    await acceptAs(test.db, evaluationId);
    await scoreNext(test.db, evaluationId, 0.9);
    await acceptAs(test.db, (await submitStored(test.db, 'without')).evaluationId, { shards: { pets: [1] } });
  });
  afterAll(() => test.close());

  const sorted = async (variables: BoardSortedQueryVariables) =>
    (await ask(test.url, BoardSortedDocument, variables)).leaderboard;

  it.each([
    [true, ['high', 'middle', 'low', 'so far', 'without']],
    [false, ['low', 'middle', 'high', 'so far', 'without']],
  ] as const)('by a column, descending %s, goes over all pages', async (descending, names) => {
    const walked: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await sorted({ first: 2, after, sort: 'clevr.average', descending });
      walked.push(...page.edges.map(({ node }) => node.checkpoint.name));
      after = page.pageInfo.endCursor ?? null;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(walked).toEqual(names);
  });

  it.each([
    ['clevr.none', /^sort is "clevr\.none", which is no column of this list/],
    ['nonsense', /^sort is "nonsense", which is no column of this list/],
    ['', /^sort is "", which is no column of this list/],
    [`clevr.${'x'.repeat(500)}`, /^sort is "clevr\.x{54}", which/],
  ])('by %j is refused', async (sort, sentence) => {
    await expect(sorted({ sort })).rejects.toThrow(sentence);
  });

  it('the other way round without a column is refused, and so is a cursor of another order', async () => {
    await expect(sorted({ descending: false })).rejects.toThrow(/^descending is false, and no column/);
    const { pageInfo } = await sorted({ first: 1, sort: 'clevr.average' });
    await expect(sorted({ first: 1, after: pageInfo.endCursor ?? null })).rejects.toThrow(/^The cursor is not one/);
  });
});
