import { Board } from '../../board/board.tsx';
import { Introduction } from '../../board/introduction.tsx';
import { BoardDocument, TasksDocument } from '../../generated/graphql.ts';
import { request } from '../../server/request.ts';

/** Rows a page; the API gives at most a hundred. */
const PAGE_SIZE = 50;

export default async function LeaderboardPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { after: asked } = await searchParams;
  const after = typeof asked === 'string' && asked !== '' ? asked : null;
  const [{ leaderboard }, { tasks }] = await Promise.all([
    request(BoardDocument, { first: PAGE_SIZE, after }),
    request(TasksDocument, {}),
  ]);
  return (
    <>
      <Introduction />
      <Board key={after} initial={leaderboard} tasks={tasks} pageSize={PAGE_SIZE} after={after} />
    </>
  );
}
