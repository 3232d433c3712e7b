import { changeOf } from '../board/change.ts';
import type { LeaderboardChangeParent, LeaderboardParent } from '../graphql/mappers.ts';

export type LeaderboardUpdateParent = LeaderboardParent | LeaderboardChangeParent;

/** Changes that were made out already, by the pages that they lead to and from. */
const changes = new WeakMap<LeaderboardParent, WeakMap<LeaderboardParent, Promise<LeaderboardChangeParent | null>>>();

/** One reader's way from page to page: a whole one at first, then what changed since the last that this reader was given. */
export function updatesOf(
  pages: AsyncIterableIterator<LeaderboardParent>,
): AsyncIterableIterator<LeaderboardUpdateParent> {
  let last: LeaderboardParent | undefined;
  return {
    async next() {
      const { done, value: page } = await pages.next();
      if (done) return { done, value: undefined };
      const change = last ? await changeOnce(last, page) : null;
      last = page;
      return { done: false, value: change ?? page };
    },
    async return() {
      await pages.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Readers who were given the same page last get the same object. */
function changeOnce(before: LeaderboardParent, after: LeaderboardParent): Promise<LeaderboardChangeParent | null> {
  const from = changes.get(after) ?? new WeakMap<LeaderboardParent, Promise<LeaderboardChangeParent | null>>();
  changes.set(after, from);
  const change = from.get(before) ?? changeOf(before, after);
  from.set(before, change);
  return change;
}
