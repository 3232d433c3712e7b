import { PLACEHOLDER } from '@gdbench/storage/remedy';
import Link from 'next/link';
import type { EvaluationPageFragment } from '../generated/graphql.ts';
import { grouped } from './grouped.ts';
import { NamesInCode } from './names-in-code.tsx';
import { Remedy } from './remedy.tsx';
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
        {faults.some(({ namesPlaceholder }) => namesPlaceholder) && (
          <>
            {' '}
            <code>{PLACEHOLDER}</code> stands for the folder on your machine.
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
          <NamesInCode text={fault.expected} />
        </dd>
        <dt>found</dt>
        <dd>
          <b>
            <NamesInCode text={fault.found} />
          </b>
        </dd>
      </dl>
      <Remedy parts={fault.remedyParts} />
    </li>
  );
}
