'use client';

import { useRef, useState } from 'react';
import { CancelEvaluationDocument, type EvaluationPageFragment } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import { useApiOrigin } from '../live/origin.tsx';
import styles from './submission.module.css';

/** Asks once more, then cancels; a refusal of the server is shown where the question stood. */
export function CancelButton({
  id,
  onCancelled,
}: {
  id: string;
  onCancelled: (evaluation: EvaluationPageFragment) => void;
}) {
  const origin = useApiOrigin();
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const cancel = async () => {
    setBusy(true);
    try {
      const { cancelEvaluation } = await ask(origin, CancelEvaluationDocument, { id });
      if (cancelEvaluation.__typename === 'CancelEvaluationSuccess') {
        onCancelled(cancelEvaluation.evaluation);
        dialog.current?.close();
      } else setProblem(`${cancelEvaluation.message} ${cancelEvaluation.remedy}`);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  };
  const open = () => {
    setProblem(null);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="button" onClick={open}>
        Cancel
      </button>
      <dialog ref={dialog} className={styles.dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">Cancel this evaluation?</h2>
        <p>No more shards are scored. It cannot be taken up again, but the checkpoint can be evaluated anew.</p>
        {problem && (
          <p role="alert" className={styles.problem}>
            {problem}
          </p>
        )}
        <div className={styles.choices}>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Let it go on
          </button>
          <button type="button" className="button primary" disabled={busy} onClick={cancel}>
            Cancel the evaluation
          </button>
        </div>
      </dialog>
    </>
  );
}
