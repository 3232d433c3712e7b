import Link from 'next/link';
import type { EvaluationPageFragment } from '../generated/graphql.ts';
import { CopyButton } from './copy-button.tsx';
import { grouped, remedyOf } from './remedy.ts';
import styles from './submission.module.css';

type Fault = NonNullable<EvaluationPageFragment['failure']>['faults'][number];

/** Files that are named where the same is to be said of many. */
const NAMED = 8;

/** All that is wrong with a checkpoint that was refused: one fault a row, each with the command that mends it. */
export function Faults({ faults }: { faults: readonly Fault[] }) {
  const rows = grouped(faults);
  const many = rows.length > 1;
  return (
    <section className={`panel ${styles.verdict}`} aria-label="What went wrong">
      <h2>{many ? `Refused: ${rows.length} faults, all of them here` : 'Refused: one fault'}</h2>
      <p className="muted">
        No model time was spent on what cannot be scored. Mend {many ? 'these' : 'this'}, then submit the folder again:
        files that have not changed are not sent twice.
        {faults.some(({ remedy }) => /\bDIR\b/.test(remedy)) && (
          <>
            {' '}
            <code>DIR</code> stands for the folder on your machine.
          </>
        )}
      </p>
      <ol className={styles.faults}>
        {rows.map((fault) => (
          <FaultRow key={`${fault.file} ${fault.message}`} fault={fault} files={fault.files} />
        ))}
      </ol>
      <Link href="/submit" className="button">
        Submit again
      </Link>
    </section>
  );
}

function FaultRow({ fault, files }: { fault: Fault; files: readonly string[] }) {
  const { words, commands } = remedyOf(fault.remedy);
  const named = files.slice(0, NAMED);
  return (
    <li>
      <p className={`mono ${styles.at}`}>
        {named.map((file) => (
          <span key={file}>{file || 'The folder'}</span>
        ))}
        {files.length > named.length && <span>and {files.length - named.length} more</span>}
      </p>
      <dl>
        <dt>expected</dt>
        <dd>
          <Words text={fault.expected} />
        </dd>
        <dt>found</dt>
        <dd>
          <b>
            <Words text={fault.found} />
          </b>
        </dd>
      </dl>
      <div className={styles.remedy}>
        {words && (
          <p>
            <Words text={words} />
          </p>
        )}
        {commands.map((command) => (
          <div key={command} className={styles.command}>
            <code>{command}</code>
            <CopyButton text={() => command}>Copy</CopyButton>
          </div>
        ))}
      </div>
    </li>
  );
}

/** A text whose names stand between backticks. */
function Words({ text }: { text: string }) {
  const parts = text.split('`');
  return parts.map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
    i % 2 === 1 && i < parts.length - 1 ? <code key={i}>{part}</code> : part,
  );
}
