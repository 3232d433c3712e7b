import { Board } from '../../board/board.tsx';
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
      <h1>Which models understand what they see?</h1>
      <p className="lead">
        Image-text matching and social bias of generative and discriminative models. Every figure has its 95 % interval,
        its chance level and the one command that re-creates it.
      </p>
      <Board key={after} initial={leaderboard} tasks={tasks} pageSize={PAGE_SIZE} after={after} />
    </>
  );
}
