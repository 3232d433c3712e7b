import { PAPER } from '@gdbench/benchmark/reported';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Lists, listHref } from '../../board/lists.tsx';
import { ComparedOn } from '../../board/measured-on.tsx';
import { BoardPulseDocument, DataSetNameDocument, ListsDocument } from '../../generated/graphql.ts';
import { standings } from '../../questions/checkpoints.ts';
import { QuestionPanel } from '../../questions/question.tsx';
import styles from '../../questions/questions.module.css';
import { checkpointsOf, QUESTIONS } from '../../questions/questions.ts';
import { RefreshWhenEnded } from '../../questions/refresh.tsx';
import { request } from '../../server/request.ts';

export const metadata: Metadata = { title: 'The paper’s questions' };

export default async function QuestionsPage() {
  const names = [...new Set(QUESTIONS.flatMap(checkpointsOf))];
  const [known, { leaderboard }, { dataSet }, pulse] = await Promise.all([
    standings(names),
    request(ListsDocument, {}),
    request(DataSetNameDocument, {}),
    request(BoardPulseDocument, {}),
  ]);
  const all = [...known.values()];
  return (
    <>
      <h1>The paper’s questions, answered here</h1>
      <p className="lead">
        What <a href={PAPER.url}>{PAPER.authors}</a> ask, put to the built-in checkpoints on this board’s own data: no
        figure of the paper’s stands here. Every verdict is computed from the stored scores when the page is shown.
      </p>
      <Lists current="questions" others={leaderboard.otherProtocols} href={listHref} />
      <div className={styles.questions}>
        {QUESTIONS.map((question) => (
          <QuestionPanel key={question.id} question={question} standing={(name) => known.get(name)!} />
        ))}
      </div>
      <ComparedOn dataSet={dataSet} sides={all.flatMap(({ evaluation }) => evaluation ?? [])} />
      <p className={styles.more}>
        <Link href="/compare">Compare any two checkpoints</Link>
      </p>
      {all.some(({ missing }) => missing !== null) && <RefreshWhenEnded active={pulse.leaderboard.active} />}
    </>
  );
}
