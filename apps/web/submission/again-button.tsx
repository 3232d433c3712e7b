'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { EvaluateAgainDocument } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import { useApiOrigin } from '../live/origin.tsx';
import styles from './submission.module.css';

/** Evaluates the same checkpoint once more, without sending its files, and opens the page of the new submission. */
export function AgainButton({ id }: { id: string }) {
  const origin = useApiOrigin();
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    try {
      const { evaluateAgain } = await ask(origin, EvaluateAgainDocument, { id });
      if (evaluateAgain.__typename === 'EvaluateAgainSuccess')
        return router.push(`/submissions/${evaluateAgain.submission.id}`);
      setProblem(`${evaluateAgain.message} ${evaluateAgain.remedy}`);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  return (
    <>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <button type="button" className="button" disabled={busy} onClick={again}>
        Evaluate again
      </button>
    </>
  );
}
