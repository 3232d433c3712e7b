import { Suspense } from 'react';
import { BiasAnswer } from './bias.tsx';
import { PairedAnswer } from './paired.tsx';
import styles from './questions.module.css';
import { checkpointsOf, type Question } from './questions.ts';
import { type Standing, waitingFor } from './standing.ts';

interface Props {
  readonly question: Question;
  /** How a checkpoint that the question names stands. */
  readonly standing: (name: string) => Standing;
}

/** A question with its answer, which is computed while the rest of the page is shown; or what it waits for. */
export function QuestionPanel({ question, standing }: Props) {
  const { id, title, about } = question;
  const waiting = waitingFor(checkpointsOf(question).map(standing));
  return (
    <section id={id} className="panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} className={styles.title}>
        {title}
      </h2>
      <p className={styles.about}>{about}</p>
      {waiting ? (
        <p className={styles.waiting}>{waiting}</p>
      ) : (
        <Suspense fallback={<p className={styles.computing}>Computing from the stored scores.</p>}>
          <Answer question={question} standing={standing} />
        </Suspense>
      )}
    </section>
  );
}

function Answer({ question, standing }: Props) {
  const sideOf = (name: string) => standing(name).evaluation!;
  if (question.kind === 'bias')
    return <BiasAnswer biased={sideOf(question.biased)} balanced={sideOf(question.balanced)} />;
  return <PairedAnswer question={question} pairs={question.pairs.map(([a, b]) => [sideOf(a), sideOf(b)])} />;
}
