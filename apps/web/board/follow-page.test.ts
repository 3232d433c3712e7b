import { ask } from '@gdbench/schema/ask';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/support/api.ts';
import { acceptAs, finishAs, scoreNext, submitStored } from '../../../test/support/evaluation.ts';
import { type LossyProxy, openLossyProxy } from '../../../test/support/lossy-proxy.ts';
import { BoardDocument, type BoardPageFragment } from '../generated/graphql.ts';
import { followPage, type OrderedPage } from './follow-page.ts';

let api: TestApi;
let proxy: LossyProxy;
beforeAll(async () => {
  api = await startTestApi();
  proxy = await openLossyProxy(api.url);
});
afterAll(async () => {
  await proxy.close();
  await api.close();
});

/** Follows the first page and keeps what it is told. */
function reader() {
  let page: BoardPageFragment | null = null;
  const waiting = new Set<() => void>();
  const onPage = (next: OrderedPage) => {
    page = next.page;
    for (const look of waiting) look();
  };
  const stop = followPage(proxy.url, { first: 10, protocol: null, order: null }, onPage);
  const at = (version: number) =>
    new Promise<BoardPageFragment>((resolve) => {
      const look = () => {
        if (page === null || page.boardVersion < version) return;
        waiting.delete(look);
        resolve(page);
      };
      waiting.add(look);
      look();
    });
  return { at, stop };
}

const fresh = async () => (await ask(api.url, BoardDocument, { first: 10 })).leaderboard;
const isChange = (message: string) => message.includes('"__typename":"LeaderboardChange"');
const isPage = (message: string) => message.includes('"__typename":"Leaderboard"');

test('a reader who missed a change reads the page again, and goes on with what changes', async () => {
  await finishAs(api.db, 'there before', 0.4);
  const { at, stop } = reader();
  const begun = await at(0);
  expect(begun.edges).toHaveLength(1);
  const { evaluationId } = await submitStored(api.db, 'joins');
  await acceptAs(api.db, evaluationId);
  expect((await at((await fresh()).boardVersion)).edges).toHaveLength(2);
  expect(proxy.messages.filter(isPage)).toHaveLength(1);

  let lost = '';
  proxy.loseNext((message) => {
    if (isChange(message)) lost = message;
    return isChange(message);
  });
  await scoreNext(api.db, evaluationId, 0.5);
  await expect.poll(() => lost).not.toBe('');
  // the reader cannot know yet, and finds out with the next one
  await scoreNext(api.db, evaluationId, 0.6);
  const now = await fresh();
  expect(await at(now.boardVersion)).toMatchObject(now);
  expect(proxy.messages.filter(isPage)).toHaveLength(2);

  await finishAs(api.db, 'later', 0.7);
  const end = await fresh();
  expect(await at(end.boardVersion)).toMatchObject(end);
  expect(proxy.messages.filter(isPage)).toHaveLength(2);
  stop();
});
