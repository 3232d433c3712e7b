import { share } from '@gdbench/benchmark/figures';
import { bytes, duration } from '../figure/format.ts';
import type { Step } from './machine.ts';
import styles from './submit.module.css';

type Busy = Exclude<Step, { at: 'choose' } | { at: 'ready' }>;

export function Progress({
  step,
  onPause,
  onResume,
  onBack,
}: {
  step: Busy;
  onPause: () => void;
  onResume: () => void;
  onBack: () => void;
}) {
  const { title, fraction, note } = wordsOf(step);
  return (
    <section className={`panel ${styles.progress}`} aria-label="Progress">
      <div className={styles.progressHead}>
        <h2 role="status">{title}</h2>
        <span className="muted">{note}</span>
      </div>
      <progress max={1} value={fraction} aria-label={title} />
      {step.at !== 'opening' && (
        <div className={styles.buttons}>
          {step.at === 'sending' &&
            (step.paused ? (
              <button type="button" className="button primary" onClick={onResume}>
                Go on
              </button>
            ) : (
              <button type="button" className="button" onClick={onPause}>
                Pause
              </button>
            ))}
          <button type="button" className="button" onClick={onBack}>
            Stop
          </button>
        </div>
      )}
    </section>
  );
}

function wordsOf(step: Busy): { title: string; fraction: number; note: string } {
  switch (step.at) {
    case 'hashing': {
      const fraction = step.folder.bytes > 0 ? step.done / step.folder.bytes : 0;
      return { title: 'Reading the files', fraction, note: `${bytes(step.done)} of ${bytes(step.folder.bytes)}` };
    }
    case 'sending': {
      const fraction = step.total > 0 ? step.sent / step.total : 0;
      const left = step.paused || step.secondsLeft === null ? '' : ` · ${duration(step.secondsLeft)} left`;
      return {
        title: step.paused ? 'Paused' : 'Uploading',
        fraction,
        note: `${share(fraction)} · ${bytes(step.sent)} of ${bytes(step.total)}${left}`,
      };
    }
    case 'opening':
      return { title: 'Everything is here', fraction: 1, note: 'opening its page' };
  }
}
