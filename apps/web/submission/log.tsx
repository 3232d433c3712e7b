'use client';

import { useEffect, useRef } from 'react';
import type { EvaluationPageFragment } from '../generated/graphql.ts';
import styles from './submission.module.css';

/** The newest lines, oldest first. It follows its end while the reader is there; it is not read out line by line. */
export function Log({ lines }: { lines: EvaluationPageFragment['log'] }) {
  const box = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current && box.current && lines.length > 0) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const remember = () => {
    const element = box.current;
    if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
  };
  return (
    <section className="panel">
      <h2>
        Log <span className={styles.aside}>times in UTC</span>
      </h2>
      {lines.length === 0 ? (
        <p className="muted">No line yet.</p>
      ) : (
        <ol
          ref={box}
          onScroll={remember}
          className={styles.log}
          role="log"
          aria-live="off"
          aria-label="Log"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
          tabIndex={0}
        >
          {lines.map(({ id, at, stage, worker, message }) => (
            <li key={id}>
              <time dateTime={at}>{at.slice(11, 19)}</time>
              <span className={styles.stage}>{stage}</span>
              <span>
                {worker && <span className="muted">{worker} </span>}
                {message}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
