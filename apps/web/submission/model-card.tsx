'use client';

import { lazy, Suspense, type ToggleEvent, useState } from 'react';
import { bytes } from '../figure/format.ts';
import { ModelCardDocument, type SubmissionQuery } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import { useApiOrigin } from '../live/origin.tsx';
import styles from './submission.module.css';

type Files = NonNullable<SubmissionQuery['submission']>['files'];
type Card = { text: string } | { problem: string };

/** What the API gives of a card. */
const SHOWN_BYTES = 64 * 1024;

/** The Markdown reader is of use to those alone who open a card. */
const CardText = lazy(() => import('./card-text.tsx').then(({ CardText }) => ({ default: CardText })));

/** The README.md at the top of the checkpoint's folder, read when it is opened first. */
export function ModelCard({ id, files }: { id: string; files: Files }) {
  const origin = useApiOrigin();
  const [card, setCard] = useState<Card | null>(null);
  const file = files.find(({ path }) => path === 'README.md');
  if (!file) return null;
  const read = async ({ currentTarget }: ToggleEvent<HTMLDetailsElement>) => {
    if (!currentTarget.open || (card && 'text' in card)) return;
    try {
      const { submission } = await ask(origin, ModelCardDocument, { id });
      const text = submission?.modelCard;
      setCard(text == null ? { problem: 'The card has not arrived yet. Open this again later.' } : { text });
    } catch (error) {
      setCard({ problem: (error as Error).message });
    }
  };
  return (
    <details className={`panel ${styles.later} ${styles.fold}`} onToggle={read}>
      <summary>
        <h2>
          Model card <span className={styles.aside}>in the submitter’s words</span>
        </h2>
      </summary>
      <Suspense fallback={<Waiting />}>
        {card === null ? <Waiting /> : 'text' in card ? <CardText text={card.text} /> : <p>{card.problem}</p>}
      </Suspense>
      {card && 'text' in card && file.size > SHOWN_BYTES && (
        <p className="muted">These are the first 64 KiB of {bytes(file.size)}.</p>
      )}
    </details>
  );
}

function Waiting() {
  return <p className="muted">Reading the card.</p>;
}
