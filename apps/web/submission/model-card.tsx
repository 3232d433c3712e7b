'use client';

import { type ToggleEvent, useState } from 'react';
import { bytes } from '../figure/format.ts';
import { ModelCardDocument, type SubmissionQuery } from '../generated/graphql.ts';
import { ask } from '../live/ask.ts';
import { loadCode } from '../live/load.ts';
import { useApiOrigin } from '../live/origin.tsx';
import type { CardText } from './card-text.tsx';
import styles from './submission.module.css';

type Files = NonNullable<SubmissionQuery['submission']>['files'];
type Card = { text: string; CardText: typeof CardText } | { problem: string };

/** What the API gives of a card. */
const SHOWN_BYTES = 64 * 1024;

/** The README.md at the top of the checkpoint's folder, read when it is opened first. */
export function ModelCard({ id, files }: { id: string; files: Files }) {
  const origin = useApiOrigin();
  const [card, setCard] = useState<Card | null>(null);
  const file = files.find(({ path }) => path === 'README.md');
  if (!file) return null;
  const read = async ({ currentTarget }: ToggleEvent<HTMLDetailsElement>) => {
    if (!currentTarget.open || (card && 'text' in card)) return;
    try {
      // the Markdown reader is of use to those alone who open a card
      const [{ CardText }, { submission }] = await Promise.all([
        loadCode(() => import('./card-text.tsx'), { tries: 3 }),
        ask(origin, ModelCardDocument, { id }),
      ]);
      const text = submission?.modelCard;
      setCard(text == null ? { problem: 'The card has not arrived yet. Open this again later.' } : { text, CardText });
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
      {card === null ? <p className="muted">Reading the card.</p> : <Content card={card} />}
      {card && 'text' in card && file.size > SHOWN_BYTES && (
        <p className="muted">These are the first 64 KiB of {bytes(file.size)}.</p>
      )}
    </details>
  );
}

function Content({ card }: { card: Card }) {
  return 'problem' in card ? <p>{card.problem}</p> : <card.CardText text={card.text} />;
}
