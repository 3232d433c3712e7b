import { PAPER, type Place, placeWords, type ReportedSystem } from '@gdbench/benchmark/reported';
import type { ReactNode } from 'react';
import { Scroll } from '../figure/figure-table.tsx';
import { Glyph } from '../figure/kind.tsx';
import styles from './reported.module.css';

/** A panel of reported figures: its title, the badge that says so, where in the paper they stand, and notes below. */
export function Reported({
  id,
  title,
  place,
  question,
  notes,
  caution,
  children,
}: {
  id: string;
  title: string;
  place: Place;
  question: string;
  notes: readonly string[];
  caution?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={`panel ${styles.section}`} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id}>{title}</h2>
        <span className={styles.badge}>reported</span>
        <span className={styles.place}>
          <a href={PAPER.url}>{PAPER.authors}</a>, {PAPER.venue}, {placeWords(place)}
        </span>
      </header>
      <p className={styles.question}>{question}</p>
      <Scroll label={title}>{children}</Scroll>
      {caution}
      <ol className={styles.notes}>
        {notes.map((note, i) => (
          <li key={note} id={noteId(id, i + 1)}>
            {note}
          </li>
        ))}
      </ol>
    </section>
  );
}

const noteId = (section: string, number: number) => `${section}-note-${number}`;

/** A raised number that leads to a note of its section. */
export function Mark({ section, number }: { section: string; number: number }) {
  return (
    <sup className={styles.mark}>
      <a href={`#${noteId(section, number)}`} aria-label={`note ${number}`}>
        {number}
      </a>
    </sup>
  );
}

/** The head of a model's column. */
export function SystemHead({ system: { name, kind } }: { system: ReportedSystem }) {
  return (
    <th scope="col">
      <Glyph kind={kind} />
      {/* a space that does not break: the shape stays with the first word */}
      {'\u00a0'}
      {name}
    </th>
  );
}
