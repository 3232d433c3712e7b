'use client';

import { PAPER } from '@gdbench/benchmark/reported';
import { CopyButton } from '../submission/copy-button.tsx';
import styles from './reported.module.css';

export function Citation() {
  return (
    <section className="panel" aria-labelledby="citation">
      <header className={styles.head}>
        <h2 id="citation">Cite the paper</h2>
        <CopyButton text={() => PAPER.bibtex}>Copy BibTeX</CopyButton>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <pre className={styles.bibtex} tabIndex={0}>
        {PAPER.bibtex}
      </pre>
    </section>
  );
}
