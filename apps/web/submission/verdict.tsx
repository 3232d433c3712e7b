import { share } from '@gdbench/benchmark/figures';
import Link from 'next/link';
import { bytes } from '../figure/format.ts';
import type { EvaluationPageFragment } from '../generated/graphql.ts';
import { AgainButton } from './again-button.tsx';
import { Faults } from './faults.tsx';
import styles from './submission.module.css';

/** What the reader must know before anything else: why it ended, or what it waits for. Nothing while all goes well. */
export function Verdict({ evaluation }: { evaluation: EvaluationPageFragment }) {
  const { state, failure, bytesStored, bytesTotal } = evaluation;
  switch (state) {
    case 'REFUSED':
    case 'FAILED':
      if (failure && failure.faults.length > 0) return <Faults faults={failure.faults} />;
      return (
        <section className={`panel ${styles.verdict}`} aria-label="What went wrong">
          <h2>
            {failure?.message ?? (state === 'REFUSED' ? 'The checkpoint was refused.' : 'The evaluation failed.')}
          </h2>
          {failure && <p>{failure.remedy}</p>}
          {failure?.fault === 'SERVICE' && <p className="muted">The fault is ours, not that of your files.</p>}
          {state === 'REFUSED' && failure?.fault === 'SUBMITTER' && (
            <p className="muted">The fault is in the files; no model time was spent on what cannot be scored.</p>
          )}
          <Again evaluation={evaluation} />
        </section>
      );
    case 'CANCELLED':
      return (
        <section className={`panel ${styles.verdict} ${styles.calm}`} aria-label="Cancelled">
          <h2>This evaluation was cancelled.</h2>
          <p>
            {evaluation.shardsTotal > 0
              ? `${evaluation.shardsDone} of ${evaluation.shardsTotal} shards had been scored; what they gave is shown below.`
              : 'Nothing had been scored yet.'}
          </p>
          <Again evaluation={evaluation} />
        </section>
      );
    case 'UPLOADING':
      return (
        <section className={`panel ${styles.verdict} ${styles.calm}`} aria-label="Upload">
          <h2>
            {bytesTotal > 0
              ? `${share(bytesStored / bytesTotal)} of ${bytes(bytesTotal)} are here`
              : 'Waiting for the files'}
          </h2>
          <progress max={1} value={bytesTotal > 0 ? bytesStored / bytesTotal : 0} aria-label="Upload" />
          <p>
            If the upload was cut off, choose the same folder on the <Link href="/submit">Submit page</Link> again: it
            goes on where it stopped. The evaluation starts by itself when the last file is here.
          </p>
        </section>
      );
    default:
      return null;
  }
}

/** The same files once more, where they are all here and nothing is wrong with them; else others. */
function Again({ evaluation }: { evaluation: EvaluationPageFragment }) {
  const { id, state, failure, bytesStored, bytesTotal } = evaluation;
  const isFit = state !== 'REFUSED' && failure?.fault !== 'SUBMITTER';
  if (isFit && bytesTotal > 0 && bytesStored === bytesTotal) return <AgainButton id={id} />;
  return (
    <Link href="/submit" className="button">
      Submit again
    </Link>
  );
}
