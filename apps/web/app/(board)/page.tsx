import { Board } from '../../board/board.tsx';
import { Introduction } from '../../board/introduction.tsx';
import { protocolOf } from '../../board/view.ts';
import { BoardDocument, TasksDocument } from '../../generated/graphql.ts';
import { request } from '../../server/request.ts';

/** Rows a page; the API gives at most a hundred. */
const PAGE_SIZE = 50;

export default async function LeaderboardPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { after: asked, protocol: named } = await searchParams;
  const protocol = protocolOf(named);
  const after = typeof asked === 'string' && asked !== '' ? asked : null;
  const [{ leaderboard }, { tasks, dataSet }] = await Promise.all([
    request(BoardDocument, { first: PAGE_SIZE, after, protocol }),
    request(TasksDocument, {}),
  ]);
  return (
    <>
      <Introduction />
      <Board
        key={`${protocol} ${after}`}
        initial={leaderboard}
        tasks={tasks}
        dataSet={dataSet}
        pageSize={PAGE_SIZE}
        after={after}
        protocol={protocol}
      />
    </>
  );
}
