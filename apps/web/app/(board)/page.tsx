import { RANKING_METRIC } from '@gdbench/benchmark/tasks';
import { Board } from '../../board/board.tsx';
import { Introduction } from '../../board/introduction.tsx';
import { PAGE_SIZE, readPage } from '../../board/read-page.ts';
import { orderOf, parseSort, protocolOf } from '../../board/view.ts';
import { TasksDocument } from '../../generated/graphql.ts';
import { request } from '../../server/request.ts';

export default async function LeaderboardPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const asked = await searchParams;
  const textOf = (name: string) => (typeof asked[name] === 'string' && asked[name] !== '' ? asked[name] : null);
  const protocol = protocolOf(asked.protocol);
  const order = orderOf(parseSort({ get: textOf }, null), RANKING_METRIC);
  const [initial, { tasks, dataSet }] = await Promise.all([
    readPage({ after: textOf('after'), protocol, order }),
    request(TasksDocument, {}),
  ]);
  return (
    <>
      <Introduction />
      <Board
        key={`${protocol} ${initial.after}`}
        initial={initial}
        tasks={tasks}
        dataSet={dataSet}
        pageSize={PAGE_SIZE}
        after={initial.after}
        protocol={protocol}
      />
    </>
  );
}
